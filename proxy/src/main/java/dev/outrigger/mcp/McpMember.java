package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The names of members that mean something to the proxy somewhere in a message.
 *
 * <p>A name is told by its length and its first and last eight bytes as words; only the one that is longer than both is
 * compared a second time. What other names there are at a place mostly differs in length, {@code arguments} for instance.
 */
enum McpMember {
    METHOD("method"),
    ID("id"),
    PARAMS("params"),
    RESULT("result"),
    ERROR("error"),

    /** Of {@code params}. */
    NAME("name"),
    URI("uri"),
    TASK_ID("taskId"),
    META("_meta"),
    CURSOR("cursor"),
    REQUEST_ID("requestId"),
    PROGRESS_TOKEN("progressToken"),
    PROTOCOL_VERSION("protocolVersion"),
    INPUT_RESPONSES("inputResponses"),
    REQUEST_STATE("requestState"),

    /** Of {@code params._meta}. */
    TRACEPARENT("traceparent"),
    TRACESTATE("tracestate"),
    META_PROTOCOL_VERSION("io.modelcontextprotocol/protocolVersion"),

    /** Of {@code result}. */
    IS_ERROR("isError"),
    RESULT_TYPE("resultType"),
    TASK("task"),
    NEXT_CURSOR("nextCursor"),
    TOOLS("tools"),
    TTL_MS("ttlMs"),
    CACHE_SCOPE("cacheScope"),

    /** Of {@code error}. */
    CODE("code"),

    /** Of a tool. */
    ANNOTATIONS("annotations"),

    /** Of the annotations of a tool. */
    READ_ONLY_HINT("readOnlyHint"),
    DESTRUCTIVE_HINT("destructiveHint"),
    IDEMPOTENT_HINT("idempotentHint"),
    OPEN_WORLD_HINT("openWorldHint"),

    OTHER("");

    private static final int TWO_WORDS = 2 * ByteRuns.WORD_BYTES;

    /** The bytes of {@code taskId} with its s and k in their widest spelling. */
    private static final int WIDEST_SUBJECT = 9;

    private final byte[] name;
    /** The first bytes of the name, the first one lowest; of the name in small letters for the other. */
    private final long word;

    private final long smallWord;
    /** The last bytes of a name that is longer than a word. */
    private final long lastWord;

    McpMember(String name) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        word = word(name);
        smallWord = word(name.toLowerCase(Locale.ROOT));
        lastWord = word(name.substring(Math.max(0, name.length() - ByteRuns.WORD_BYTES)));
    }

    /** The member of a message that has exactly this name. */
    static McpMember ofMessage(JsonText key) {
        long word = key.firstWord();
        return switch (key.length()) {
            case 2 -> ID.ifWord(word);
            case 5 -> ERROR.ifWord(word);
            case 6 -> word == METHOD.word ? METHOD : word == PARAMS.word ? PARAMS : RESULT.ifWord(word);
            default -> OTHER;
        };
    }

    /** The member of {@code params} that has exactly this name. */
    static McpMember ofParams(JsonText key) {
        long word = key.firstWord();
        return switch (key.length()) {
            case 3 -> URI.ifWord(word);
            case 4 -> NAME.ifWord(word);
            case 5 -> META.ifWord(word);
            case 6 -> word == TASK_ID.word ? TASK_ID : CURSOR.ifWord(word);
            case 9 -> REQUEST_ID.ifName(word, key);
            case 12 -> REQUEST_STATE.ifName(word, key);
            case 13 -> PROGRESS_TOKEN.ifName(word, key);
            case 14 -> INPUT_RESPONSES.ifName(word, key);
            case 15 -> PROTOCOL_VERSION.ifName(word, key);
            default -> OTHER;
        };
    }

    /** The member of {@code params._meta} that has exactly this name. */
    static McpMember ofMeta(JsonText key) {
        long word = key.firstWord();
        return switch (key.length()) {
            case 10 -> TRACESTATE.ifName(word, key);
            case 11 -> TRACEPARENT.ifName(word, key);
            case 13 -> PROGRESS_TOKEN.ifName(word, key);
            case 39 -> META_PROTOCOL_VERSION.ifName(word, key);
            default -> OTHER;
        };
    }

    /** The member of {@code result}, or something in it, or of {@code error}, that has exactly this name. */
    static McpMember ofAnswer(JsonText key) {
        long word = key.firstWord();
        return switch (key.length()) {
            case 4 -> word == TASK.word ? TASK : word == NAME.word ? NAME : CODE.ifWord(word);
            case 5 -> word == TOOLS.word ? TOOLS : TTL_MS.ifWord(word);
            case 6 -> TASK_ID.ifWord(word);
            case 7 -> IS_ERROR.ifWord(word);
            case 10 ->
                word == RESULT_TYPE.word
                        ? RESULT_TYPE.ifName(word, key)
                        : word == NEXT_CURSOR.word ? NEXT_CURSOR.ifName(word, key) : CACHE_SCOPE.ifName(word, key);
            case 11 -> ANNOTATIONS.ifName(word, key);
            case 12 -> READ_ONLY_HINT.ifName(word, key);
            case 13 -> OPEN_WORLD_HINT.ifName(word, key);
            case 14 -> IDEMPOTENT_HINT.ifName(word, key);
            case 15 ->
                word == PROTOCOL_VERSION.word ? PROTOCOL_VERSION.ifName(word, key) : DESTRUCTIVE_HINT.ifName(word, key);
            default -> OTHER;
        };
    }

    /**
     * The member that this name means to a reader that ignores case, of those that decisions hang on: METHOD, ID, PARAMS,
     * NAME, URI, TASK_ID. Go's {@code encoding/json} is one: it takes {@code "Method"}, and even {@code "params"} with a long
     * s, for the name in small letters.
     */
    static McpMember ignoringCase(JsonText key) {
        int length = key.length();
        if (length > WIDEST_SUBJECT) {
            return OTHER;
        }
        long word = key.firstWord();
        if (!ByteRuns.isAscii(word)) {
            return ofFolded(key);
        }
        return length < ByteRuns.WORD_BYTES ? ofSmall(ByteRuns.lowerCase(word, length), length) : OTHER;
    }

    /** Folds as Unicode does: the long s (U+017F) is an s, the Kelvin sign (U+212A) a k. */
    private static McpMember ofFolded(JsonText key) {
        byte[] in = key.bytes();
        int end = key.offset() + key.length();
        long small = 0;
        int length = 0;
        int at = key.offset();
        while (at < end && length < ByteRuns.WORD_BYTES) {
            int c = in[at] & 0xff;
            if (c >= 'A' && c <= 'Z') {
                c += 'a' - 'A';
            } else if (c == 0xc5 && at + 1 < end && (in[at + 1] & 0xff) == 0xbf) {
                c = 's';
                at++;
            } else if (c == 0xe2 && at + 2 < end && (in[at + 1] & 0xff) == 0x84 && (in[at + 2] & 0xff) == 0xaa) {
                c = 'k';
                at += 2;
            }
            at++;
            small |= (long) c << 8 * length++;
        }
        return at == end ? ofSmall(small, length) : OTHER;
    }

    private static McpMember ofSmall(long small, int length) {
        return switch (length) {
            case 2 -> small == ID.smallWord ? ID : OTHER;
            case 3 -> small == URI.smallWord ? URI : OTHER;
            case 4 -> small == NAME.smallWord ? NAME : OTHER;
            case 6 ->
                small == METHOD.smallWord
                        ? METHOD
                        : small == PARAMS.smallWord ? PARAMS : small == TASK_ID.smallWord ? TASK_ID : OTHER;
            default -> OTHER;
        };
    }

    private McpMember ifWord(long first) {
        return first == word ? this : OTHER;
    }

    /** @param key of the length of the name, which is more than a word */
    private McpMember ifName(long first, JsonText key) {
        return first == word && key.lastWord() == lastWord && (name.length <= TWO_WORDS || isName(key)) ? this : OTHER;
    }

    private boolean isName(JsonText key) {
        return Arrays.equals(name, 0, name.length, key.bytes(), key.offset(), key.offset() + key.length());
    }

    private static long word(String name) {
        long packed = 0;
        for (int i = 0; i < Math.min(name.length(), ByteRuns.WORD_BYTES); i++) {
            packed |= (long) name.charAt(i) << 8 * i;
        }
        return packed;
    }
}
