package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The value of a header that repeats something of the body ({@code Mcp-Name} and its like): plain ASCII, or
 * {@code =?base64?…?=} around the Base64 of its UTF-8 where plain would not be safe. The form is that of MCP 2026-07-28,
 * Streamable HTTP, "value encoding"; a plain value that looks like it must be encoded too, so there is no doubt.
 *
 * <p>Strict on purpose: the marks are in small letters, Base64 is canonical (RFC 4648, padded, no stray bits), and a plain
 * value beyond ASCII equals nothing, because servers differ in how they read one.
 */
public final class McpHeaderValue {
    private static final String PREFIX = "=?base64?";
    private static final String SUFFIX = "?=";
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /** Base64 characters to their six bits; -1 for all others. */
    private static final byte[] SIXES = sixes();

    private static final int INVALID = -1;

    private McpHeaderValue() {}

    /**
     * Compares without making anything.
     *
     * @param header as received, without the white space around it
     * @param text well-formed UTF-8, as {@link McpFacts} holds it
     */
    public static boolean matches(CharSequence header, byte[] text, int length) {
        if (isEncoded(header)) {
            return decodedLength(header) == length && equalsDecoded(header, text, length);
        }
        if (header.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = header.charAt(i);
            if (c >= 0x80 || c != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** @return what the value stands for; null if it is encoded wrongly, or plain and not ASCII */
    public static @Nullable String decode(CharSequence header) {
        if (!isEncoded(header)) {
            return header.chars().allMatch(c -> c < 0x80) ? header.toString() : null;
        }
        int length = decodedLength(header);
        if (length == INVALID) {
            return null;
        }
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = decoded(header, i);
        }
        return Utf8.isWellFormed(text, 0, length) ? new String(text, StandardCharsets.UTF_8) : null;
    }

    private static boolean equalsDecoded(CharSequence header, byte[] text, int length) {
        for (int i = 0; i < length; i++) {
            if (decoded(header, i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEncoded(CharSequence header) {
        return header.length() >= PREFIX.length() + SUFFIX.length()
                && holds(header, 0, PREFIX)
                && holds(header, header.length() - SUFFIX.length(), SUFFIX);
    }

    private static boolean holds(CharSequence text, int at, String part) {
        for (int i = 0; i < part.length(); i++) {
            if (text.charAt(at + i) != part.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** @return bytes that the Base64 of an encoded value stands for, {@link #INVALID} if it is none or not canonical */
    private static int decodedLength(CharSequence header) {
        int end = header.length() - SUFFIX.length();
        int length = end - PREFIX.length();
        if (length % 4 != 0) {
            return INVALID;
        }
        int padding = 0;
        while (padding < 2 && padding < length && header.charAt(end - 1 - padding) == '=') {
            padding++;
        }
        for (int i = PREFIX.length(); i < end - padding; i++) {
            if (six(header, i) < 0) {
                return INVALID;
            }
        }
        int strayBits = padding == 0 ? 0 : padding == 1 ? 0b11 : 0b1111;
        if (padding > 0 && (six(header, end - 1 - padding) & strayBits) != 0) {
            return INVALID;
        }
        return length / 4 * 3 - padding;
    }

    /** @param index below {@link #decodedLength} */
    private static byte decoded(CharSequence header, int index) {
        int at = PREFIX.length() + index / 3 * 4 + index % 3;
        int twelve = six(header, at) << 6 | six(header, at + 1);
        return (byte) (twelve >> 4 - 2 * (index % 3));
    }

    private static int six(CharSequence text, int at) {
        char c = text.charAt(at);
        return c < SIXES.length ? SIXES[c] : INVALID;
    }

    private static byte[] sixes() {
        byte[] sixes = new byte[128];
        Arrays.fill(sixes, (byte) INVALID);
        for (int i = 0; i < ALPHABET.length(); i++) {
            sixes[ALPHABET.charAt(i)] = (byte) i;
        }
        return sixes;
    }
}
