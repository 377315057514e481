package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;

/** Reads one scalar without quotes (a number, {@code true}, {@code false}, {@code null}), in as many pieces as it comes in. */
final class JsonBareword {
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final JsonCursor cursor;
    private final JsonText text;

    private boolean keep;
    /** An earlier piece of the text is in {@link #text}. */
    private boolean cut;
    /** Where the part of the text begins that {@link #text} does not have yet. */
    private int mark;

    private JsonToken token = JsonToken.NUMBER;
    private int numberState;
    private byte[] literal = TRUE;
    private int matched;

    JsonBareword(JsonCursor cursor, JsonText text) {
        this.cursor = cursor;
        this.text = text;
    }

    /** Reads on from the first byte. @return NUMBER, TRUE, FALSE, NULL, NEED_INPUT or FAILED */
    JsonToken begin(JsonKeep wanted) {
        keep = wanted == JsonKeep.RAW;
        mark = cursor.position;
        cut = false;
        return switch (cursor.bytes[cursor.position]) {
            case 't' -> beginLiteral(TRUE, JsonToken.TRUE);
            case 'f' -> beginLiteral(FALSE, JsonToken.FALSE);
            case 'n' -> beginLiteral(NULL, JsonToken.NULL);
            default -> beginNumber();
        };
    }

    /** Reads on in the next piece of input. @return NUMBER, TRUE, FALSE, NULL, NEED_INPUT or FAILED */
    JsonToken resume() {
        mark = cursor.position;
        return token == JsonToken.NUMBER ? number() : literal();
    }

    /** Whether what was read so far may be all of it; only numbers are ended by what follows them. */
    boolean isWhole() {
        return token == JsonToken.NUMBER && JsonNumber.isWhole(numberState);
    }

    private JsonToken beginNumber() {
        token = JsonToken.NUMBER;
        byte[] in = cursor.bytes;
        int first = in[cursor.position];
        if (first > '0' && first <= '9') {
            int at = ByteRuns.endOfDigits(in, cursor.position + 1, cursor.limit);
            if (at < cursor.limit && in[at] != '.' && (in[at] | 0x20) != 'e') {
                cursor.position = at;
                return end();
            }
        }
        numberState = JsonNumber.START;
        return number();
    }

    private JsonToken beginLiteral(byte[] expected, JsonToken found) {
        literal = expected;
        matched = 0;
        token = found;
        return literal();
    }

    private JsonToken number() {
        while (cursor.position < cursor.limit) {
            int following = JsonNumber.next(numberState, cursor.bytes[cursor.position]);
            if (following == JsonNumber.NONE) {
                return JsonNumber.isWhole(numberState) ? end() : JsonToken.FAILED;
            }
            numberState = following;
            cursor.position++;
            if (JsonNumber.isLoop(following)) {
                cursor.position = ByteRuns.endOfDigits(cursor.bytes, cursor.position, cursor.limit);
            }
        }
        return stop();
    }

    private JsonToken literal() {
        while (cursor.position < cursor.limit) {
            if (cursor.bytes[cursor.position++] != literal[matched++]) {
                return JsonToken.FAILED;
            }
            if (matched == literal.length) {
                return end();
            }
        }
        return stop();
    }

    private JsonToken stop() {
        if (keep) {
            if (!cut) {
                cut = true;
                text.begin();
            }
            text.append(cursor.bytes, mark, cursor.limit);
        }
        return JsonToken.NEED_INPUT;
    }

    private JsonToken end() {
        if (keep && cut) {
            text.end(cursor.bytes, mark, cursor.position);
        } else if (keep) {
            text.view(cursor.bytes, mark, cursor.position);
        }
        return token;
    }
}
