package dev.outrigger.cache;

import dev.outrigger.mcp.McpMethod;

/**
 * A result that is kept, without the message around it: the id in there was that of who asked first.
 *
 * <p>Immutable, but for the note of its last use. Shared by all workers.
 */
public final class StoredAnswer {
    /** Besides the result: this object, its names and its place in the table. */
    private static final int OVERHEAD_BYTES = 208 + CacheKey.BYTES;
    /** Between two notes of its use: noting costs more than finding, and gives work to others. */
    private static final long TOUCH_NANOS = 100_000_000;

    private final byte[] result;
    private final Source source;
    private final long storedNanos;
    private final long freshNanos;
    private final long stamp;
    /** Racy on purpose: a use too many noted does no harm. */
    private volatile long touchedNanos;

    /**
     * @param result the JSON of the member {@code result}; not copied
     * @param storedNanos when it came
     * @param freshNanos for how long from then it may be given instead of asking
     * @param stamp what {@link Source#stamp} said before the question was sent
     */
    public StoredAnswer(byte[] result, Source source, long storedNanos, long freshNanos, long stamp) {
        this.result = result;
        this.source = source;
        this.storedNanos = storedNanos;
        this.freshNanos = freshNanos;
        this.stamp = stamp;
        this.touchedNanos = storedNanos;
    }

    /** The JSON of the member {@code result}; not a copy, never to be changed. */
    public byte[] result() {
        return result;
    }

    public Source source() {
        return source;
    }

    /** How long ago it came. */
    public long ageNanos(long nowNanos) {
        return nowNanos - storedNanos;
    }

    /** Whether it may be given instead of asking, as far as time tells. */
    boolean isFresh(long nowNanos) {
        return ageNanos(nowNanos) < freshNanos;
    }

    long freshNanos() {
        return freshNanos;
    }

    /** Whether the server has not said since that it is another now. */
    public boolean isCurrent() {
        return source.stamp() == stamp;
    }

    /** Of memory, with all that belongs to it. */
    int weightBytes() {
        return result.length + OVERHEAD_BYTES;
    }

    /** Whether its use is to be noted again; if so, it will be. */
    boolean isDueForTouch(long nowNanos) {
        if (nowNanos - touchedNanos < TOUCH_NANOS) {
            return false;
        }
        touchedNanos = nowNanos;
        return true;
    }

    /**
     * What a result answers, and whose it is.
     *
     * @param upstream its name
     * @param epochs what that upstream says of changes
     * @param tool empty for other methods than {@code tools/call}
     * @param uriSlot see {@link Epochs#slot}
     */
    public record Source(String upstream, Epochs epochs, McpMethod method, String tool, int uriSlot) {
        /** The stamp of an answer whose question is sent now. */
        public long stamp() {
            return epochs.stamp(method, uriSlot);
        }
    }
}
