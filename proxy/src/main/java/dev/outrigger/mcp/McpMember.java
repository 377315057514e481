package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;

/** The names of JSON-RPC members that mean something to the proxy. */
enum McpMember {
    METHOD("method"),
    ID("id"),
    PARAMS("params"),
    RESULT("result"),
    ERROR("error"),
    /** Of {@code params}. */
    NAME("name"),
    OTHER("");

    /** U+017F in UTF-8; a reader that folds by Unicode takes it for an s. */
    private static final int LONG_S = 0xc5bf;
    /** The six letters of params or result, one of them a long s. */
    private static final int LONGEST = 7;

    private final long word;

    McpMember(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        long packed = 0;
        for (int i = 0; i < bytes.length; i++) {
            packed |= (long) bytes[i] << 8 * i;
        }
        word = packed;
    }

    /** The member of exactly this name. */
    static McpMember of(JsonText key) {
        return key.length() > LONGEST ? OTHER : find(key.shortWord(), key.length());
    }

    /**
     * The member that this name means to a reader that ignores case. Go's {@code encoding/json} is one: it takes
     * {@code "Method"}, and even {@code "params"} with a long s, for the name in small letters.
     */
    static McpMember ignoringCase(JsonText key) {
        if (key.length() > LONGEST) {
            return OTHER;
        }
        long word = key.shortWord();
        if (ByteRuns.isAscii(word)) {
            return find(ByteRuns.lowerCase(word, key.length()), key.length());
        }
        long packed = 0;
        int length = 0;
        for (int i = 0; i < key.length(); i++) {
            int c = (int) (word >>> 8 * i) & 0xff;
            if (c >= 'A' && c <= 'Z') {
                c += 'a' - 'A';
            } else if ((c << 8 | ((word >>> 8 * (i + 1)) & 0xff)) == LONG_S) {
                c = 's';
                i++;
            }
            packed |= (long) c << 8 * length++;
        }
        return find(packed, length);
    }

    private static McpMember find(long packed, int length) {
        return switch (length) {
            case 2 -> packed == ID.word ? ID : OTHER;
            case 4 -> packed == NAME.word ? NAME : OTHER;
            case 5 -> packed == ERROR.word ? ERROR : OTHER;
            case 6 ->
                packed == METHOD.word
                        ? METHOD
                        : packed == PARAMS.word ? PARAMS : packed == RESULT.word ? RESULT : OTHER;
            default -> OTHER;
        };
    }
}
