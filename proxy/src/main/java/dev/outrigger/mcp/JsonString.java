package dev.outrigger.mcp;

/**
 * Reads one string, from behind its opening quote, in as many pieces as it comes in.
 *
 * <p>Escapes are always checked. UTF-8 is not; {@link JsonText#isWellFormed()} is for what is used.
 */
final class JsonString {
    private enum State {
        PLAIN,
        ESCAPE,
        UNICODE_ESCAPE,
        FAILED
    }

    private final JsonCursor cursor;
    private final JsonText text;

    private State state = State.PLAIN;
    private JsonKeep keep = JsonKeep.NOTHING;
    /** Where the part of the text begins that {@link #text} does not have yet. */
    private int mark;

    private int unicodeUnit;
    private int unicodeDigits;

    JsonString(JsonCursor cursor, JsonText text) {
        this.cursor = cursor;
        this.text = text;
    }

    /** The string lies from {@code from} to {@code end} of the input, quotes not counted, and has no escapes. */
    void whole(JsonKeep wanted, int from, int end) {
        if (wanted != JsonKeep.NOTHING) {
            int quotes = wanted == JsonKeep.RAW ? 1 : 0;
            text.view(cursor.bytes, from - quotes, end + quotes);
        }
    }

    /**
     * Reads on from {@code end}.
     *
     * @param from behind the opening quote; what follows up to {@code end} is plain text
     * @return STRING, NEED_INPUT or FAILED
     */
    JsonToken begin(JsonKeep wanted, int from, int end) {
        cursor.position = end;
        state = State.PLAIN;
        keep = wanted;
        mark = wanted == JsonKeep.RAW ? from - 1 : from;
        if (wanted != JsonKeep.NOTHING) {
            text.begin();
        }
        return read();
    }

    /** Reads on in the next piece of input. @return STRING, NEED_INPUT or FAILED */
    JsonToken resume() {
        mark = cursor.position;
        return state == State.PLAIN || escape() ? read() : stop();
    }

    private JsonToken read() {
        byte[] in = cursor.bytes;
        while (true) {
            int at = ByteRuns.endOfPlainText(in, cursor.position, cursor.limit);
            cursor.position = at;
            if (at == cursor.limit) {
                return stop();
            }
            cursor.position = at + 1;
            if (in[at] == '"') {
                return end();
            }
            if (in[at] != '\\') {
                return JsonToken.FAILED;
            }
            if (keep == JsonKeep.DECODED) {
                text.append(in, mark, at);
            }
            state = State.ESCAPE;
            if (!escape()) {
                return stop();
            }
        }
    }

    private JsonToken stop() {
        if (state == State.FAILED) {
            return JsonToken.FAILED;
        }
        // A cut escape is not text yet, unless its letters are what is wanted.
        if (keep == JsonKeep.RAW || (keep == JsonKeep.DECODED && state == State.PLAIN)) {
            text.append(cursor.bytes, mark, cursor.limit);
        }
        return JsonToken.NEED_INPUT;
    }

    private JsonToken end() {
        if (keep != JsonKeep.NOTHING) {
            text.end(cursor.bytes, mark, keep == JsonKeep.RAW ? cursor.position : cursor.position - 1);
        }
        return JsonToken.STRING;
    }

    /** Reads what follows a backslash. @return false if it is cut or wrong */
    private boolean escape() {
        while (cursor.position < cursor.limit) {
            int c = cursor.bytes[cursor.position++];
            if (state == State.UNICODE_ESCAPE) {
                int digit = Character.digit(c, 16);
                if (digit < 0) {
                    state = State.FAILED;
                    return false;
                }
                unicodeUnit = unicodeUnit << 4 | digit;
                if (++unicodeDigits == 4) {
                    return endEscape((char) unicodeUnit);
                }
            } else if (c == 'u') {
                state = State.UNICODE_ESCAPE;
                unicodeUnit = 0;
                unicodeDigits = 0;
            } else {
                char unit = escaped(c);
                if (unit != 0) {
                    return endEscape(unit);
                }
                state = State.FAILED;
                return false;
            }
        }
        return false;
    }

    private boolean endEscape(char unit) {
        state = State.PLAIN;
        if (keep == JsonKeep.DECODED) {
            text.appendUnit(unit);
            mark = cursor.position;
        }
        return true;
    }

    /** @return 0 if no such escape exists */
    private static char escaped(int c) {
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> 0;
        };
    }
}
