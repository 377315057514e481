package dev.outrigger.mcp;

import dev.outrigger.json.NaiveJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a message says, read off the parsed document: the specification that {@link McpScanner} is compared with. */
final class NaiveScan {
    private static final int LIMIT_BYTES = 256;

    private NaiveScan() {}

    /** Facts of a whole body; of an INVALID one only the kind is meant. */
    static Scan of(byte[] body) {
        if (new String(body, StandardCharsets.ISO_8859_1).matches("[ \n\r\t]*")) {
            return scan(McpFacts.Kind.NONE, null, null, null);
        }
        Optional<NaiveJson.Value> document = NaiveJson.parse(body, 64);
        if (document.isEmpty()) {
            return invalid();
        }
        return switch (document.get().type()) {
            case OBJECT -> message(document.get().members());
            case ARRAY -> scan(McpFacts.Kind.BATCH, null, null, null);
            default -> scan(McpFacts.Kind.NONE, null, null, null);
        };
    }

    private static Scan message(List<NaiveJson.Member> members) {
        if (!isClear(members, Set.of("method", "id", "params"))) {
            return invalid();
        }
        NaiveJson.Value method = find(members, "method");
        NaiveJson.Value id = find(members, "id");
        NaiveJson.Value params = find(members, "params");
        if (method != null && method.type() != NaiveJson.Type.STRING) {
            return invalid();
        }
        McpMethod known = method == null ? null : McpMethod.of(method.text(), 0, method.text().length);
        if (id != null && !isId(id)) {
            return invalid();
        }
        NaiveJson.Value name = null;
        if (params != null && params.type() == NaiveJson.Type.OBJECT) {
            long names = params.members().stream()
                    .filter(member -> isNamed(member, "name"))
                    .count();
            boolean named = known != null && known.hasName();
            if (names > 1 || (named && !isClear(params.members(), Set.of("name")))) {
                return invalid();
            }
            name = find(params.members(), "name");
        }
        if (name != null && name.type() == NaiveJson.Type.STRING && !isUsable(name.text())) {
            return invalid();
        }
        McpFacts.Kind kind = known != null
                ? id != null ? McpFacts.Kind.REQUEST : McpFacts.Kind.NOTIFICATION
                : find(members, "result") != null || find(members, "error") != null
                        ? McpFacts.Kind.RESPONSE
                        : McpFacts.Kind.NONE;
        return scan(
                kind,
                known,
                id == null ? null : id.raw(),
                name == null || name.type() != NaiveJson.Type.STRING ? null : name.text());
    }

    /** None of the keys stands twice, in whatever letters, and those that stand there are in small ones. */
    private static boolean isClear(List<NaiveJson.Member> members, Set<String> keys) {
        return keys.stream()
                .allMatch(key -> members.stream()
                                .filter(member -> key.equals(new String(member.name(), StandardCharsets.UTF_8)
                                        .toLowerCase(Locale.ROOT)
                                        .replace('\u017f', 's')))
                                .filter(member -> !isNamed(member, key))
                                .findAny()
                                .isEmpty()
                        && members.stream()
                                        .filter(member -> isNamed(member, key))
                                        .count()
                                <= 1);
    }

    private static boolean isId(NaiveJson.Value id) {
        return switch (id.type()) {
            case STRING -> isUsable(id.raw());
            case NUMBER -> true;
            case LITERAL -> id.rawString().equals("null");
            default -> false;
        };
    }

    /** UTF-8, or too long to be looked at. */
    private static boolean isUsable(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return text.length > LIMIT_BYTES;
        }
    }

    private static NaiveJson.@Nullable Value find(List<NaiveJson.Member> members, String name) {
        return members.stream()
                .filter(member -> isNamed(member, name))
                .map(NaiveJson.Member::value)
                .findFirst()
                .orElse(null);
    }

    private static boolean isNamed(NaiveJson.Member member, String name) {
        return Arrays.equals(member.name(), name.getBytes(StandardCharsets.UTF_8));
    }

    private static Scan invalid() {
        return scan(McpFacts.Kind.INVALID, null, null, null);
    }

    private static Scan scan(
            McpFacts.Kind kind, @Nullable McpMethod method, byte @Nullable [] id, byte @Nullable [] name) {
        return new Scan(
                kind,
                McpFacts.Problem.NONE,
                method,
                id != null,
                id != null && id.length > LIMIT_BYTES,
                kept(id),
                name != null && name.length > LIMIT_BYTES,
                kept(name),
                true,
                true);
    }

    private static String kept(byte @Nullable [] text) {
        return text == null || text.length > LIMIT_BYTES ? "" : new String(text, StandardCharsets.ISO_8859_1);
    }
}
