package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What the {@code result} or {@code error} of a message says. A part of {@link McpFacts} and rewritten with it: read it, do
 * not keep it.
 *
 * <p>Answers come from the server that the proxy stands for, and no policy hangs on them: of two members of one name inside a
 * result the first counts, and a text that is not UTF-8 counts as absent.
 */
public final class AnswerFacts {
    private static final long NO_TTL = -1;
    /** A century: with another digit still far from the end of a long. */
    private static final long LONGEST_TTL_MILLIS = 100L * 365 * 24 * 3600 * 1000;

    private final FactText taskId = new FactText(FactText.USUAL_LIMIT_BYTES);
    private final FactText protocolVersion = new FactText(FactText.USUAL_LIMIT_BYTES);

    private boolean hasResult;
    private boolean hasError;
    private boolean hasErrorCode;
    private int errorCode;
    private boolean toolError;
    private boolean hasNextCursor;
    private ResultType resultType = ResultType.ABSENT;
    private long ttlMillis = NO_TTL;
    private CacheScope cacheScope = CacheScope.ABSENT;

    AnswerFacts() {}

    /** Whether there is a {@code result}, whatever it is. */
    public boolean hasResult() {
        return hasResult;
    }

    /** Whether there is an {@code error} that is not {@code null}. */
    public boolean hasError() {
        return hasError;
    }

    /** Whether {@code error.code} is a number without fraction and exponent in the range of an int. */
    public boolean hasErrorCode() {
        return hasErrorCode;
    }

    /** @return 0 if there is none; see {@link #hasErrorCode()} */
    public int errorCode() {
        return errorCode;
    }

    /** Whether {@code result.isError} is true: the tool failed, as opposed to the call. */
    public boolean isToolError() {
        return toolError;
    }

    public ResultType resultType() {
        return resultType;
    }

    /** {@code result.taskId}, or {@code result.task.taskId} as 2025-11-25 has it; the first of them. */
    public FactText taskId() {
        return taskId;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String taskIdText() {
        return taskId.text();
    }

    /** {@code result.protocolVersion}, the server's word in the answer to {@code initialize}. */
    public FactText protocolVersion() {
        return protocolVersion;
    }

    /** @return null if there is none, or an over-long one */
    public @Nullable String protocolVersionText() {
        return protocolVersion.text();
    }

    /** Whether {@code result.nextCursor} is there and not {@code null}: the list goes on. */
    public boolean hasNextCursor() {
        return hasNextCursor;
    }

    /**
     * {@code result.ttlMs}: how long the result may be taken for the current one.
     *
     * @return -1 if it is not said; 0 if it is said in a way that tells no time, a negative number for instance
     */
    public long ttlMillis() {
        return ttlMillis;
    }

    /** {@code result.cacheScope}. */
    public CacheScope cacheScope() {
        return cacheScope;
    }

    // ---- written by the scanner

    void clear() {
        taskId.clear();
        protocolVersion.clear();
        hasResult = false;
        hasError = false;
        hasErrorCode = false;
        errorCode = 0;
        toolError = false;
        hasNextCursor = false;
        resultType = ResultType.ABSENT;
        ttlMillis = NO_TTL;
        cacheScope = CacheScope.ABSENT;
    }

    void result() {
        hasResult = true;
    }

    void error() {
        hasError = true;
    }

    /** The code as it stands; takes it if it is integral and in range. */
    void errorCode(JsonText number) {
        byte[] in = number.bytes();
        int end = number.offset() + number.length();
        boolean negative = number.length() > 0 && in[number.offset()] == '-';
        int first = negative ? number.offset() + 1 : number.offset();
        long value = 0;
        for (int at = first; at < end; at++) {
            if (in[at] < '0' || in[at] > '9' || value > Integer.MAX_VALUE) {
                return;
            }
            value = value * 10 + (in[at] - '0');
        }
        long code = negative ? -value : value;
        if (first < end && code == (int) code) {
            hasErrorCode = true;
            errorCode = (int) code;
        }
    }

    void toolError() {
        toolError = true;
    }

    void nextCursor() {
        hasNextCursor = true;
    }

    void resultType(ResultType found) {
        resultType = found;
    }

    /** The time to live as it stands; more than a long can hold is as good as for ever. */
    void ttl(JsonText number) {
        byte[] in = number.bytes();
        int end = number.offset() + number.length();
        long value = 0;
        for (int at = number.offset(); at < end; at++) {
            if (in[at] < '0' || in[at] > '9') {
                ttlMillis = 0;
                return;
            }
            value = value > LONGEST_TTL_MILLIS ? value : value * 10 + (in[at] - '0');
        }
        ttlMillis = value;
    }

    /** It is said, but is no number. */
    void noTtl() {
        ttlMillis = 0;
    }

    void cacheScope(CacheScope found) {
        cacheScope = found;
    }
}
