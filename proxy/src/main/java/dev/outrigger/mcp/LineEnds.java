package dev.outrigger.mcp;

/**
 * Finds the end of a line of an event stream, eight bytes at a time. Same arithmetic as {@link ByteRuns}, of which it is a
 * part only in spirit: a JSON text and an event stream end at different bytes.
 */
final class LineEnds {
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LINE_FEEDS = EACH * '\n';
    private static final long CARRIAGE_RETURNS = EACH * '\r';

    private LineEnds() {}

    static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** @return index of the first line feed or carriage return, or {@code end} */
    static int next(byte[] in, int from, int end) {
        int at = from;
        while (at < end && at <= in.length - 8) {
            long marks = marks(ByteRuns.word(in, at));
            if (marks != 0) {
                // Only the lowest mark is exact: a borrow may have set those above it.
                return Math.min(at + (Long.numberOfTrailingZeros(marks) >>> 3), end);
            }
            at += 8;
        }
        while (at < end && !isLineEnd(in[at])) {
            at++;
        }
        return Math.min(at, end);
    }

    private static long marks(long word) {
        return ((word ^ LINE_FEEDS) - EACH | (word ^ CARRIAGE_RETURNS) - EACH) & ~word & HIGH_BITS;
    }
}
