package dev.outrigger.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes tools out of an answer to {@code tools/list}, or a batch of answers, by copying what stays: not a byte of that is written
 * anew, so nothing of it can change its meaning.
 *
 * <p>For whole messages, one at a time, which is what the answer to one rare method allows; the scanners read what streams by.
 */
public final class ToolListFilter {
    /** Which tools stay. */
    @FunctionalInterface
    public interface Keep {
        /**
         * @param name begins with the tool's name in UTF-8
         * @param length bytes of the name
         */
        boolean keeps(byte[] name, int length);
    }

    private static final byte[] RESULT = "result".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TOOLS = "tools".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NAME = "name".getBytes(StandardCharsets.US_ASCII);

    private final byte[] message;
    private final Keep keep;
    private final JsonTokenizer tokens = new JsonTokenizer();
    private final ByteArrayOutputStream out;
    /** What stands before is in {@link #out}, or is to be left out. */
    private int copied;

    private boolean changed;

    private ToolListFilter(byte[] message, Keep keep) {
        this.message = message;
        this.keep = keep;
        this.out = new ByteArrayOutputStream(message.length);
    }

    /** @return the message without the other tools; null if it is as it should be, or nothing that can be read */
    public static byte @Nullable [] filter(byte[] message, Keep keep) {
        ToolListFilter filter = new ToolListFilter(message, keep);
        filter.tokens.input(message, 0, message.length);
        if (!filter.root() || !filter.changed) {
            return null;
        }
        filter.copyTo(message.length);
        return filter.out.toByteArray();
    }

    /** Each of these says whether it was there as it has to be. */
    private boolean root() {
        JsonToken first = tokens.next(JsonKeep.NOTHING);
        if (first == JsonToken.BEGIN_OBJECT) {
            return members(RESULT, this::result);
        }
        if (first != JsonToken.BEGIN_ARRAY) {
            return false;
        }
        JsonToken element = tokens.next(JsonKeep.NOTHING);
        while (element == JsonToken.BEGIN_OBJECT && members(RESULT, this::result)) {
            element = tokens.next(JsonKeep.NOTHING);
        }
        return element == JsonToken.END_ARRAY;
    }

    private boolean result() {
        return open(JsonToken.BEGIN_OBJECT, () -> members(TOOLS, () -> open(JsonToken.BEGIN_ARRAY, this::tools)));
    }

    /** Reads a value that has to begin so to mean anything; passes over any other. */
    private boolean open(JsonToken expected, Step inside) {
        JsonToken first = tokens.next(JsonKeep.NOTHING);
        if (first == expected) {
            return inside.read();
        }
        tokens.skipRest(first);
        return !first.isStop();
    }

    /** Reads an object to its end. */
    private boolean members(byte[] name, Step value) {
        while (true) {
            JsonToken token = tokens.next(JsonKeep.DECODED);
            if (token != JsonToken.KEY) {
                return token == JsonToken.END_OBJECT;
            }
            if (!isText(name)) {
                tokens.skipValue();
            } else if (!value.read()) {
                return false;
            }
        }
    }

    private boolean isText(byte[] expected) {
        JsonText text = tokens.text();
        int from = text.offset();
        return Arrays.equals(expected, 0, expected.length, text.bytes(), from, from + text.length());
    }

    private boolean tools() {
        int from = tokens.place(0);
        List<int[]> kept = new ArrayList<>();
        boolean all = true;
        JsonToken token = tokens.next(JsonKeep.NOTHING);
        while (token == JsonToken.BEGIN_OBJECT) {
            int start = tokens.place(0) - 1;
            boolean[] stays = {true};
            if (!members(NAME, () -> name(stays))) {
                return false;
            }
            if (stays[0]) {
                kept.add(new int[] {start, tokens.place(0)});
            }
            all &= stays[0];
            token = tokens.next(JsonKeep.NOTHING);
        }
        if (token != JsonToken.END_ARRAY) {
            return false;
        }
        if (!all) {
            replace(from, kept, tokens.place(0) - 1);
        }
        return true;
    }

    private boolean name(boolean[] stays) {
        JsonToken value = tokens.next(JsonKeep.DECODED);
        if (value == JsonToken.STRING) {
            byte[] name = Arrays.copyOfRange(
                    tokens.text().bytes(),
                    tokens.text().offset(),
                    tokens.text().offset() + tokens.text().length());
            stays[0] &= keep.keeps(name, name.length);
        } else {
            tokens.skipRest(value);
        }
        return !value.isStop();
    }

    private void replace(int from, List<int[]> kept, int end) {
        changed = true;
        copyTo(from);
        for (int i = 0; i < kept.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(message, kept.get(i)[0], kept.get(i)[1] - kept.get(i)[0]);
        }
        copied = end;
    }

    private void copyTo(int end) {
        out.write(message, copied, end - copied);
        copied = end;
    }

    /** A part of the message. */
    @FunctionalInterface
    private interface Step {
        boolean read();
    }
}
