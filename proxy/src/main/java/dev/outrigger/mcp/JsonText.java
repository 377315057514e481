package dev.outrigger.mcp;

/**
 * The text of the token that a {@link JsonTokenizer} was asked to keep: a view of the input as long as the token lies in it
 * in one piece and without escapes, else a bounded copy.
 *
 * <p>The bound is what makes it safe to keep text of strangers: a longer text is cut off and marked, never grown into.
 */
final class JsonText {
    /** As much as the longest {@link FactText} keeps. */
    static final int LIMIT_BYTES = FactText.URI_LIMIT_BYTES;

    private static final int REPLACEMENT = 0xfffd;
    private static final int LONGEST_SEQUENCE = 4;

    private final byte[] scratch = new byte[LIMIT_BYTES + LONGEST_SEQUENCE];
    private int kept;
    /** Half of a surrogate pair that an escape brought, 0 if none is waiting. */
    private char highSurrogate;

    private byte[] bytes = scratch;
    private int offset;
    private int length;
    private boolean overlong;

    void begin() {
        kept = 0;
        highSurrogate = 0;
        overlong = false;
    }

    /** Keeps {@code from} to {@code end}, which will not be readable later. */
    void append(byte[] in, int from, int end) {
        if (from == end) {
            return;
        }
        endSurrogate();
        int size = end - from;
        if (size > LIMIT_BYTES - kept) {
            overlong = true;
            return;
        }
        System.arraycopy(in, from, scratch, kept, size);
        kept += size;
    }

    /** Keeps what an escape stands for: one UTF-16 unit. An unpaired surrogate becomes U+FFFD. */
    void appendUnit(char unit) {
        if (Character.isLowSurrogate(unit) && highSurrogate != 0) {
            int codePoint = Character.toCodePoint(highSurrogate, unit);
            highSurrogate = 0;
            put(codePoint);
            return;
        }
        endSurrogate();
        if (Character.isHighSurrogate(unit)) {
            highSurrogate = unit;
        } else {
            put(Character.isLowSurrogate(unit) ? REPLACEMENT : unit);
        }
    }

    /** Ends the text with {@code from} to {@code end} of the input. */
    void end(byte[] in, int from, int end) {
        append(in, from, end);
        endSurrogate();
        bytes = scratch;
        offset = 0;
        length = overlong ? 0 : kept;
    }

    /** The text is {@code from} to {@code end} of the input; valid until that changes. */
    void view(byte[] in, int from, int end) {
        // Mostly the same as before, and the collector's barrier costs more than to look.
        if (bytes != in) {
            bytes = in;
        }
        offset = from;
        overlong = end - from > LIMIT_BYTES;
        length = overlong ? 0 : end - from;
    }

    /** Lets go of the input. */
    void release() {
        bytes = scratch;
        offset = 0;
        length = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    /** @return 0 if the text is over-long */
    int length() {
        return length;
    }

    /** Whether the text has more than {@link #LIMIT_BYTES} and was not kept. */
    boolean isOverlong() {
        return overlong;
    }

    boolean isWellFormed() {
        return Utf8.isWellFormed(bytes, offset, offset + length);
    }

    /** The first eight bytes as one number: the first byte lowest, zeros behind the last of a shorter text. */
    long firstWord() {
        int size = Math.min(length, ByteRuns.WORD_BYTES);
        if (offset <= bytes.length - ByteRuns.WORD_BYTES) {
            long word = ByteRuns.word(bytes, offset);
            return size == ByteRuns.WORD_BYTES ? word : word & ByteRuns.prefix(size);
        }
        long word = 0;
        for (int i = size - 1; i >= 0; i--) {
            word = word << 8 | (bytes[offset + i] & 0xff);
        }
        return word;
    }

    /** The last eight bytes, of which there must be as many, as one number. */
    long lastWord() {
        return ByteRuns.word(bytes, offset + length - ByteRuns.WORD_BYTES);
    }

    private void endSurrogate() {
        if (highSurrogate != 0) {
            highSurrogate = 0;
            put(REPLACEMENT);
        }
    }

    private void put(int codePoint) {
        if (kept > LIMIT_BYTES) {
            overlong = true;
            return;
        }
        kept = Utf8.put(scratch, kept, codePoint);
        overlong |= kept > LIMIT_BYTES;
    }
}
