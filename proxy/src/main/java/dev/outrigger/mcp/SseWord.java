package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;

/** A short text that comes in pieces, as a number: the first byte lowest. Longer ones are only known to be long. */
final class SseWord {
    /** As many as a {@code long} has; the longest text that means something in an event stream is {@code endpoint}. */
    static final int LIMIT_BYTES = 8;

    private long bits;
    private int length;

    void clear() {
        bits = 0;
        length = 0;
    }

    void add(byte b) {
        if (length < LIMIT_BYTES) {
            bits |= (b & 0xffL) << 8 * length;
        }
        length = Math.min(length + 1, LIMIT_BYTES + 1);
    }

    void add(byte[] in, int from, int end) {
        for (int at = from; at < end && !isTooLong(); at++) {
            add(in[at]);
        }
    }

    /** @return one more than {@link #LIMIT_BYTES} for all that are longer */
    int length() {
        return length;
    }

    boolean isTooLong() {
        return length > LIMIT_BYTES;
    }

    /**
     * @param packed from {@link #pack}
     * @param size bytes of that text; a zero byte is a byte too
     */
    boolean is(long packed, int size) {
        return bits == packed && length == size;
    }

    /** @param text of ASCII, at most {@link #LIMIT_BYTES} */
    static long pack(String text) {
        SseWord word = new SseWord();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        word.add(bytes, 0, bytes.length);
        return word.bits;
    }
}
