package dev.outrigger.mcp;

/**
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * <p>{@code CharsetDecoder} would allocate and produce characters that nobody reads.
 */
final class Utf8 {
    private Utf8() {}

    static boolean isWellFormed(byte[] in, int from, int end) {
        int at = from;
        while (true) {
            at = ByteRuns.endOfAscii(in, at, end);
            if (at == end) {
                return true;
            }
            int length = sequenceLength(in, at, end);
            if (length == 0) {
                return false;
            }
            at += length;
        }
    }

    /**
     * Appends a code point; there must be room for four bytes.
     *
     * @return the index after it
     */
    static int put(byte[] out, int at, int codePoint) {
        if (codePoint < 0x80) {
            out[at] = (byte) codePoint;
            return at + 1;
        }
        if (codePoint < 0x800) {
            out[at] = (byte) (0xc0 | codePoint >> 6);
            out[at + 1] = continuation(codePoint);
            return at + 2;
        }
        if (codePoint < 0x10000) {
            out[at] = (byte) (0xe0 | codePoint >> 12);
            out[at + 1] = continuation(codePoint >> 6);
            out[at + 2] = continuation(codePoint);
            return at + 3;
        }
        out[at] = (byte) (0xf0 | codePoint >> 18);
        out[at + 1] = continuation(codePoint >> 12);
        out[at + 2] = continuation(codePoint >> 6);
        out[at + 3] = continuation(codePoint);
        return at + 4;
    }

    /** @return bytes of the sequence that begins at {@code at} with a byte beyond ASCII, 0 if it is ill-formed or cut */
    private static int sequenceLength(byte[] in, int at, int end) {
        int lead = in[at] & 0xff;
        int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > end) {
            return 0;
        }
        int second = in[at + 1] & 0xff;
        int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((in[at + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | bits & 0x3f);
    }
}
