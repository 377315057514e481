package dev.outrigger.mcp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds the end of a run of like bytes, eight bytes at a time within a {@code long}.
 *
 * <p>The formulas are the classic ones of <i>Hacker's Delight</i>, chapter 6 (find a byte in a word by subtracting and
 * looking at the borrow). A borrow can also mark bytes after a true match, never before the first one; on a little-endian
 * word the lowest mark is therefore exact, and only that one is used. The vector API would be faster still, but is an
 * incubator module.
 *
 * <p>Near the end of the input a word may reach beyond it as long as it stays within the array: what is found there is cut
 * off, and the usual case, a short text somewhere in a larger buffer, takes one word and no loop over bytes.
 */
final class ByteRuns {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final int WORD_BYTES = Long.BYTES;

    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BLANKS = EACH * ' ';
    private static final long BACKSLASHES = EACH * '\\';
    /** Swaps the places of space and quote: control characters and the quote are then all that is below 0x21. */
    private static final long SWAP_SPACE_AND_QUOTE = EACH * (' ' ^ '"');

    private static final long CONTROLS_AND_QUOTE_END = EACH * 0x21;
    private static final long ZEROS = EACH * '0';
    /** Carries into the high bit from ten on. */
    private static final long ABOVE_NINE = EACH * (0x80 - 10);

    private ByteRuns() {}

    /** @param at the word is read from {@code at} to {@code at + 7}, the first byte lowest */
    static long word(byte[] in, int at) {
        return (long) WORD.get(in, at);
    }

    /** The opposite of {@link #word}. */
    static void putWord(byte[] out, int at, long word) {
        WORD.set(out, at, word);
    }

    /** @return index of the first quote, backslash or control character, or {@code end} */
    static int endOfPlainText(byte[] in, int from, int end) {
        if (from > in.length - 8) {
            return endOfLongText(in, from, end);
        }
        // Most keys end in their first word; kept apart from the loop so that this much is inlined everywhere.
        long marks = notPlain(word(in, from));
        return marks != 0 ? Math.min(from + firstMark(marks), end) : endOfLongText(in, from + 8, end);
    }

    private static int endOfLongText(byte[] in, int from, int end) {
        int at = from;
        while (at <= end - 16) {
            long marks = notPlain(word(in, at));
            if (marks != 0) {
                return at + firstMark(marks);
            }
            marks = notPlain(word(in, at + 8));
            if (marks != 0) {
                return at + 8 + firstMark(marks);
            }
            at += 16;
        }
        while (at < end && at <= in.length - 8) {
            long marks = notPlain(word(in, at));
            if (marks != 0) {
                return Math.min(at + firstMark(marks), end);
            }
            at += 8;
        }
        while (at < end && isPlain(in[at])) {
            at++;
        }
        return Math.min(at, end);
    }

    /** @return index of the first byte that is not a decimal digit, or {@code end} */
    static int endOfDigits(byte[] in, int from, int end) {
        int at = from;
        while (at < end && at <= in.length - 8) {
            long offsets = word(in, at) ^ ZEROS;
            long marks = (((offsets & ~HIGH_BITS) + ABOVE_NINE) | offsets) & HIGH_BITS;
            if (marks != 0) {
                return Math.min(at + firstMark(marks), end);
            }
            at += 8;
        }
        while (at < end && in[at] >= '0' && in[at] <= '9') {
            at++;
        }
        return Math.min(at, end);
    }

    /** @return index of the first byte that is not JSON's white space, or {@code end} */
    static int endOfSpace(byte[] in, int from, int end) {
        int at = from;
        while (at < end && isSpace(in[at])) {
            at++;
            while (at <= end - 8 && word(in, at) == BLANKS) {
                at += 8;
            }
        }
        return at;
    }

    /** @return index of the first byte beyond ASCII, or {@code end} */
    static int endOfAscii(byte[] in, int from, int end) {
        int at = from;
        while (at < end && at <= in.length - 8) {
            long marks = word(in, at) & HIGH_BITS;
            if (marks != 0) {
                return Math.min(at + firstMark(marks), end);
            }
            at += 8;
        }
        while (at < end && in[at] >= 0) {
            at++;
        }
        return Math.min(at, end);
    }

    static boolean isSpace(int c) {
        return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
    }

    static boolean isAscii(long word) {
        return (word & HIGH_BITS) == 0;
    }

    /** Turns letters into small ones; what else the word holds becomes something else that is no letter. */
    static long lowerCase(long word, int length) {
        return word | (BLANKS & prefix(length));
    }

    /**
     * The mask of the first bytes of a word.
     *
     * @param length below 8
     */
    static long prefix(int length) {
        return (1L << 8 * length) - 1;
    }

    private static boolean isPlain(byte c) {
        return c != '"' && c != '\\' && (c >= ' ' || c < 0);
    }

    private static long notPlain(long word) {
        long controlOrQuote = (word ^ SWAP_SPACE_AND_QUOTE) - CONTROLS_AND_QUOTE_END;
        long backslash = (word ^ BACKSLASHES) - EACH;
        return (controlOrQuote | backslash) & ~word & HIGH_BITS;
    }

    private static int firstMark(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }
}
