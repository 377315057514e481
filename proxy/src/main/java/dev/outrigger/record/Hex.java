package dev.outrigger.record;

import java.nio.charset.StandardCharsets;

/** Lower-case hexadecimal numbers of fixed width, as trace headers want them; upper case is invalid there. */
public final class Hex {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONG_DIGITS = 16;

    private Hex() {}

    /** Sixteen digits. */
    public static String of(long value) {
        byte[] text = new byte[LONG_DIGITS];
        write(value, text, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Thirty-two digits. */
    public static String of(long high, long low) {
        byte[] text = new byte[2 * LONG_DIGITS];
        write(high, text, 0);
        write(low, text, LONG_DIGITS);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    static void write(long value, byte[] into, int at) {
        for (int i = 0; i < LONG_DIGITS; i++) {
            into[at + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 0xf];
        }
    }

    static boolean isHex(CharSequence text, int from, int digits) {
        for (int i = from; i < from + digits; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Of digits that {@link #isHex} has seen. */
    static long parse(CharSequence text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            char c = text.charAt(i);
            value = (value << 4) | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return value;
    }
}
