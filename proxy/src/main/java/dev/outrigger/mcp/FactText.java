package dev.outrigger.mcp;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One text of a message, kept by {@link McpFacts}: bytes and not a String, because most are compared, looked up or passed on,
 * and few are ever shown.
 *
 * <p>Its array begins small and grows up to the limit when a message asks for it: real texts are short, and a scanner that
 * waits on an idle stream should not hold kilobytes for the longest URI allowed.
 */
public final class FactText {
    /** Longer ids, names and the like are not kept. MCP asks for tool names up to 128 characters; ids are below 40. */
    static final int USUAL_LIMIT_BYTES = 256;

    /** W3C Trace Context asks every hop to pass on at least this much of {@code tracestate}. */
    static final int TRACESTATE_LIMIT_BYTES = 512;

    /** Longer URIs are not kept: no policy needs more of one, and real ones have some 200 bytes. */
    static final int URI_LIMIT_BYTES = 1024;

    /** More than most ids, names and dates have, and all of a {@code traceparent} (55). */
    private static final int USUAL_BYTES = 64;

    private static final int ABSENT = -1;
    private static final int OVERLONG = -2;

    private final int limitBytes;
    private byte[] bytes = new byte[USUAL_BYTES];
    private int length = ABSENT;

    FactText(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether the message has it, perhaps empty or over-long. */
    public boolean isPresent() {
        return length != ABSENT;
    }

    /** Whether it has more bytes than are kept; then none is. */
    public boolean isOverlong() {
        return length == OVERLONG;
    }

    /** It lies in the first {@link #length()} bytes. Another array may take its place with the next message. */
    public byte[] bytes() {
        return bytes;
    }

    /** @return 0 if it is absent, empty or over-long */
    public int length() {
        return Math.max(length, 0);
    }

    /** @return a new String; null if it is absent or over-long */
    public @Nullable String text() {
        return length < 0 ? null : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    void clear() {
        length = ABSENT;
    }

    /** @return false, and nothing has changed, if what would be kept is not UTF-8 */
    boolean set(JsonText text) {
        int size = text.length();
        if (size <= ByteRuns.WORD_BYTES && !text.isOverlong()) {
            long word = text.firstWord();
            if (ByteRuns.isAscii(word)) {
                ByteRuns.putWord(bytes, 0, word);
                length = size;
                return true;
            }
        }
        if (text.isOverlong() || size > limitBytes) {
            length = OVERLONG;
            return true;
        }
        if (!text.isWellFormed()) {
            return false;
        }
        if (size > bytes.length) {
            bytes = new byte[Math.min(limitBytes, Integer.highestOneBit(size) * 2)];
        }
        System.arraycopy(text.bytes(), text.offset(), bytes, 0, size);
        length = size;
        return true;
    }
}
