package dev.outrigger.mcp;

/**
 * The piece of input that is being read, and how far. A plain struct that the parts of one tokenizer share.
 */
final class JsonCursor {
    private static final byte[] NO_INPUT = {};

    byte[] bytes = NO_INPUT;
    /** Next byte to read; never beyond {@link #limit}. */
    int position;

    int limit;

    void set(byte[] input, int from, int end) {
        bytes = input;
        position = from;
        limit = end;
    }

    void clear() {
        set(NO_INPUT, 0, 0);
    }
}
