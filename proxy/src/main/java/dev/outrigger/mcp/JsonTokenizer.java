package dev.outrigger.mcp;

/**
 * A JSON parser (RFC 8259) that reports tokens, takes its input in pieces cut anywhere, and keeps nothing but the text that
 * it is asked for.
 *
 * <p>It checks the whole grammar, also of values that are skipped: a proxy that enforces policy on a request must not read
 * a document differently from the server behind it, and half-checked input is where such differences live. Only UTF-8
 * inside strings is left to {@link JsonText#isWellFormed()}: it would be a second look at every byte of every argument, and
 * no decision hangs on those. One byte order mark at the beginning is passed over, as the RFC allows.
 *
 * <p>Library parsers are no alternative: they want the whole body, or copy each string that they pass, or throw.
 *
 * <p>Not thread-safe. Never throws on any input; after {@link JsonToken#FAILED} it stays failed.
 */
final class JsonTokenizer {
    // The states are numbers because every token stores one or two.

    /** Nothing read. */
    private static final int START = 0;
    /** Nothing but white space read. */
    private static final int DOCUMENT = 1;

    private static final int VALUE = 2;
    private static final int FIRST_ELEMENT = 3;
    private static final int FIRST_KEY = 4;
    private static final int NEXT_KEY = 5;
    private static final int COLON = 6;
    /** A comma or the end of the container. */
    private static final int AFTER_VALUE = 7;

    private static final int NOTHING_MORE = 8;
    /** From here on within a token: the input may end anywhere in it. */
    private static final int IN_BYTE_ORDER_MARK = 9;

    private static final int IN_KEY = 10;
    private static final int IN_STRING = 11;
    private static final int IN_BAREWORD = 12;
    private static final int FAILED = 13;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final JsonCursor cursor = new JsonCursor();
    private final JsonText text = new JsonText();
    private final JsonNesting nesting = new JsonNesting();
    private final JsonString string = new JsonString(cursor, text);
    private final JsonBareword bareword = new JsonBareword(cursor, text);
    private final JsonSkipper skipper = new JsonSkipper(cursor, nesting);

    private int state = START;
    private JsonFailure failure = JsonFailure.NONE;
    private int byteOrderMarkBytes;

    void reset() {
        releaseInput();
        nesting.clear();
        state = START;
        failure = JsonFailure.NONE;
    }

    /** The next piece. The one before must be used up, that is, {@link #next} or {@link #skip} said NEED_INPUT. */
    void input(byte[] bytes, int from, int end) {
        cursor.set(bytes, from, end);
    }

    /** Forgets the input; {@link #text()} is void then. */
    void releaseInput() {
        cursor.clear();
        text.release();
    }

    /** The text of the last token as far as it was to be kept; valid until the next call of any other method. */
    JsonText text() {
        return text;
    }

    JsonFailure failure() {
        return failure;
    }

    /** Open containers. */
    int depth() {
        return nesting.depth();
    }

    /** Whether something other than white space was seen. */
    boolean hasBegun() {
        return state > DOCUMENT;
    }

    /**
     * Reads one token. When it says NEED_INPUT, it must be called again with the same argument.
     *
     * @param wanted what to keep of its text
     */
    JsonToken next(JsonKeep wanted) {
        if (state >= IN_BYTE_ORDER_MARK) {
            JsonToken token = resume();
            if (state >= IN_BYTE_ORDER_MARK || token != JsonToken.NEED_INPUT) {
                return token;
            }
        }
        byte[] in = cursor.bytes;
        int limit = cursor.limit;
        for (int at = cursor.position; at < limit; at++) {
            int c = in[at];
            if (c > ' ' || !ByteRuns.isSpace(c)) {
                if (state == COLON && c == ':') {
                    state = VALUE;
                } else if (state == AFTER_VALUE && c == ',') {
                    state = nesting.inObject() ? NEXT_KEY : VALUE;
                } else {
                    cursor.position = at;
                    return token(c, wanted);
                }
            } else if (state == START) {
                state = DOCUMENT;
            }
        }
        cursor.position = limit;
        return JsonToken.NEED_INPUT;
    }

    /**
     * Reads to the end of a value without reporting what is in it. The key before it must be read, or the value itself
     * must be a container that is open.
     *
     * @param outerDepth open containers around that value
     * @return a token, which tells nothing, when the value has ended; else a stop, and after NEED_INPUT it must be called
     *     again
     */
    JsonToken skip(int outerDepth) {
        while (true) {
            if (state == VALUE || (state == AFTER_VALUE && nesting.depth() > outerDepth)) {
                state = skipper.skip(outerDepth, state == VALUE) ? VALUE : AFTER_VALUE;
                if (state == AFTER_VALUE && nesting.depth() == outerDepth) {
                    return endValue(JsonToken.END_OBJECT);
                }
            }
            JsonToken token = next(JsonKeep.NOTHING);
            if (token.isStop() || nesting.depth() == outerDepth) {
                return token;
            }
        }
    }

    /** The input is over. @return false, and it has failed, if the document is not complete */
    boolean end() {
        if (state == IN_BAREWORD && nesting.depth() == 0 && bareword.isWhole()) {
            state = NOTHING_MORE;
        }
        if (state != NOTHING_MORE && state != FAILED) {
            fail(JsonFailure.CUT_OFF);
        }
        return state == NOTHING_MORE;
    }

    private JsonToken token(int c, JsonKeep wanted) {
        return switch (state) {
            case START -> c == BYTE_ORDER_MARK[0] ? beginByteOrderMark(wanted) : value(c, wanted);
            case DOCUMENT, VALUE -> value(c, wanted);
            case FIRST_ELEMENT -> c == ']' ? close(false) : value(c, wanted);
            case FIRST_KEY -> c == '}' ? close(true) : key(c, wanted);
            case NEXT_KEY -> key(c, wanted);
            case AFTER_VALUE -> c == '}' ? close(true) : c == ']' ? close(false) : fail(JsonFailure.SYNTAX);
            default -> fail(JsonFailure.SYNTAX);
        };
    }

    private JsonToken key(int c, JsonKeep wanted) {
        if (c != '"') {
            return fail(JsonFailure.SYNTAX);
        }
        cursor.position++;
        state = IN_KEY;
        return endKey(string.begin(wanted));
    }

    private JsonToken value(int c, JsonKeep wanted) {
        switch (c) {
            case '"' -> {
                cursor.position++;
                state = IN_STRING;
                return endScalar(string.begin(wanted));
            }
            case '{' -> {
                return open(true);
            }
            case '[' -> {
                return open(false);
            }
            default -> {
                state = IN_BAREWORD;
                return endScalar(bareword.begin(wanted));
            }
        }
    }

    private JsonToken resume() {
        return switch (state) {
            case IN_BYTE_ORDER_MARK -> byteOrderMark();
            case IN_KEY -> endKey(string.resume());
            case IN_STRING -> endScalar(string.resume());
            case IN_BAREWORD -> endScalar(bareword.resume());
            default -> JsonToken.FAILED;
        };
    }

    private JsonToken endKey(JsonToken token) {
        if (token == JsonToken.STRING) {
            state = COLON;
            if (cursor.position < cursor.limit && cursor.bytes[cursor.position] == ':') {
                cursor.position++;
                state = VALUE;
            }
            return JsonToken.KEY;
        }
        return endScalar(token);
    }

    private JsonToken endScalar(JsonToken token) {
        if (token == JsonToken.FAILED) {
            return fail(JsonFailure.SYNTAX);
        }
        return token == JsonToken.NEED_INPUT ? token : endValue(token);
    }

    private JsonToken open(boolean object) {
        if (!nesting.open(object)) {
            return fail(JsonFailure.TOO_DEEP);
        }
        cursor.position++;
        state = object ? FIRST_KEY : FIRST_ELEMENT;
        return object ? JsonToken.BEGIN_OBJECT : JsonToken.BEGIN_ARRAY;
    }

    private JsonToken close(boolean object) {
        if (!nesting.close(object)) {
            return fail(JsonFailure.SYNTAX);
        }
        cursor.position++;
        return endValue(object ? JsonToken.END_OBJECT : JsonToken.END_ARRAY);
    }

    private JsonToken endValue(JsonToken token) {
        state = nesting.depth() == 0 ? NOTHING_MORE : AFTER_VALUE;
        return token;
    }

    private JsonToken beginByteOrderMark(JsonKeep wanted) {
        state = IN_BYTE_ORDER_MARK;
        byteOrderMarkBytes = 0;
        return next(wanted);
    }

    private JsonToken byteOrderMark() {
        while (cursor.position < cursor.limit) {
            if (cursor.bytes[cursor.position++] != BYTE_ORDER_MARK[byteOrderMarkBytes++]) {
                return fail(JsonFailure.SYNTAX);
            }
            if (byteOrderMarkBytes == BYTE_ORDER_MARK.length) {
                state = VALUE;
                return JsonToken.NEED_INPUT;
            }
        }
        return JsonToken.NEED_INPUT;
    }

    private JsonToken fail(JsonFailure why) {
        state = FAILED;
        failure = why;
        return JsonToken.FAILED;
    }
}
