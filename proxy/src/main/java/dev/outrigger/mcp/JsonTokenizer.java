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

    private static final int NOTHING_TO_SKIP = -1;

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
    /** Open containers around the value that is to be skipped. */
    private int skipDepth = NOTHING_TO_SKIP;

    void reset() {
        releaseInput();
        nesting.clear();
        skipDepth = NOTHING_TO_SKIP;
        state = START;
        failure = JsonFailure.NONE;
    }

    /** The next piece. The one before must be used up, that is, {@link #next} said NEED_INPUT. */
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

    /**
     * Where the next byte to read stands.
     *
     * @param origin where index 0 of the input would be
     * @return -1 if that is beyond an int
     */
    int place(long origin) {
        long at = origin + cursor.position;
        return at <= Integer.MAX_VALUE ? (int) at : -1;
    }

    /** Whether something other than white space was seen. */
    boolean hasBegun() {
        return state > DOCUMENT;
    }

    /** The key of a member was read: {@link #next} will pass over the value. */
    void skipValue() {
        skipDepth = nesting.depth();
    }

    /** The first token of a value was read: {@link #next} will pass over the rest, if there is any. */
    void skipRest(JsonToken first) {
        if (first == JsonToken.BEGIN_OBJECT || first == JsonToken.BEGIN_ARRAY) {
            skipDepth = nesting.depth() - 1;
        }
    }

    /**
     * Reads one token, behind what is to be skipped. When it says NEED_INPUT, it must be called again with the same argument.
     *
     * @param wanted what to keep of its text
     */
    JsonToken next(JsonKeep wanted) {
        if (skipDepth != NOTHING_TO_SKIP) {
            JsonToken token = skip();
            if (token.isStop()) {
                return token;
            }
            skipDepth = NOTHING_TO_SKIP;
        }
        return read(wanted);
    }

    private JsonToken read(JsonKeep wanted) {
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
                    if (state == NEXT_KEY && at + 1 < limit && in[at + 1] == '"') {
                        return key(at + 1, '"', wanted);
                    }
                } else {
                    return token(at, c, wanted);
                }
            } else if (state == START) {
                state = DOCUMENT;
            }
        }
        cursor.position = limit;
        return JsonToken.NEED_INPUT;
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

    /**
     * Reads to the end of a value without reporting what is in it.
     *
     * @return a token, which tells nothing, when the value has ended; else a stop
     */
    private JsonToken skip() {
        while (true) {
            if (state == VALUE || (state == AFTER_VALUE && nesting.depth() > skipDepth)) {
                state = skipper.skip(skipDepth, state == VALUE) ? VALUE : AFTER_VALUE;
                if (state == AFTER_VALUE && nesting.depth() == skipDepth) {
                    return endValue(JsonToken.END_OBJECT);
                }
            }
            JsonToken token = read(JsonKeep.NOTHING);
            if (token.isStop() || nesting.depth() == skipDepth) {
                return token;
            }
        }
    }

    /** @param at where the token begins, with {@code c} */
    private JsonToken token(int at, int c, JsonKeep wanted) {
        cursor.position = at;
        return switch (state) {
            case START -> c == BYTE_ORDER_MARK[0] ? beginByteOrderMark(wanted) : value(at, c, wanted);
            case DOCUMENT, VALUE -> value(at, c, wanted);
            case FIRST_ELEMENT -> c == ']' ? close(at, false) : value(at, c, wanted);
            case FIRST_KEY -> c == '}' ? close(at, true) : key(at, c, wanted);
            case NEXT_KEY -> key(at, c, wanted);
            case AFTER_VALUE -> c == '}' ? close(at, true) : c == ']' ? close(at, false) : fail(JsonFailure.SYNTAX);
            default -> fail(JsonFailure.SYNTAX);
        };
    }

    private JsonToken key(int at, int c, JsonKeep wanted) {
        if (c != '"') {
            return fail(JsonFailure.SYNTAX);
        }
        byte[] in = cursor.bytes;
        int limit = cursor.limit;
        int from = at + 1;
        int end = ByteRuns.endOfPlainText(in, from, limit);
        if (end + 1 < limit && in[end] == '"' && in[end + 1] == ':') {
            // Whole, plain and without space behind it, as nearly all are: nothing is stored on the way.
            string.whole(wanted, from, end);
            cursor.position = end + 2;
            state = VALUE;
            return JsonToken.KEY;
        }
        state = IN_KEY;
        return endKey(string.begin(wanted, from, end));
    }

    private JsonToken value(int at, int c, JsonKeep wanted) {
        switch (c) {
            case '"' -> {
                return string(at + 1, wanted);
            }
            case '{' -> {
                return open(at, true);
            }
            case '[' -> {
                return open(at, false);
            }
            default -> {
                state = IN_BAREWORD;
                return endScalar(bareword.begin(wanted));
            }
        }
    }

    private JsonToken string(int from, JsonKeep wanted) {
        byte[] in = cursor.bytes;
        int end = ByteRuns.endOfPlainText(in, from, cursor.limit);
        if (end < cursor.limit && in[end] == '"') {
            string.whole(wanted, from, end);
            cursor.position = end + 1;
            return endValue(JsonToken.STRING);
        }
        state = IN_STRING;
        return endScalar(string.begin(wanted, from, end));
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

    private JsonToken open(int at, boolean object) {
        if (!nesting.open(object)) {
            return fail(JsonFailure.TOO_DEEP);
        }
        cursor.position = at + 1;
        state = object ? FIRST_KEY : FIRST_ELEMENT;
        return object ? JsonToken.BEGIN_OBJECT : JsonToken.BEGIN_ARRAY;
    }

    private JsonToken close(int at, boolean object) {
        if (!nesting.close(object)) {
            return fail(JsonFailure.SYNTAX);
        }
        cursor.position = at + 1;
        return endValue(object ? JsonToken.END_OBJECT : JsonToken.END_ARRAY);
    }

    private JsonToken endValue(JsonToken token) {
        state = nesting.depth() == 0 ? NOTHING_MORE : AFTER_VALUE;
        return token;
    }

    private JsonToken beginByteOrderMark(JsonKeep wanted) {
        state = IN_BYTE_ORDER_MARK;
        byteOrderMarkBytes = 0;
        return read(wanted);
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
