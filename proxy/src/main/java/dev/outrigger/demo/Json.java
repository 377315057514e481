package dev.outrigger.demo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value. Strings and numbers remember how they were written, since ids must go back to the letter. */
sealed interface Json {
    /** @param raw with its quotes */
    record Text(String raw, String value) implements Json {}

    record Num(String raw) implements Json {
        boolean isInteger() {
            return raw.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        }
    }

    enum Literal implements Json {
        TRUE,
        FALSE,
        NULL
    }

    record Arr(List<Json> items) implements Json {}

    /** Its accessors answer null, or an empty object, where a member is absent or of another type. */
    record Obj(Map<String, Json> members) implements Json {
        static final Obj EMPTY = new Obj(Map.of());

        boolean has(String name) {
            return members.containsKey(name);
        }

        boolean hasObject(String name) {
            return members.get(name) instanceof Obj;
        }

        @Nullable
        Json get(String name) {
            return members.get(name);
        }

        Obj object(String name) {
            return members.get(name) instanceof Obj object ? object : EMPTY;
        }

        @Nullable
        String text(String name) {
            return members.get(name) instanceof Text text ? text.value() : null;
        }

        /** A request id or progress token, as written: a string or an integer. */
        @Nullable
        String rawId(String name) {
            Json member = members.get(name);
            if (member instanceof Text text) {
                return text.raw();
            }
            return member instanceof Num number && number.isInteger() ? number.raw() : null;
        }
    }
}
