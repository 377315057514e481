package dev.outrigger.transport;

import dev.outrigger.record.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client that is waited for moves enough bytes: of a body that it sends, and of answers that it takes. A client that
 * keeps a connection, an exchange and buffers busy with a few bytes now and then costs it nothing, and enough of them are an
 * outage; a timeout of silence does not see them.
 *
 * <p>Looked at once in a while: from one look to the next as many bytes have to move as the rate asks for, unless the client
 * was not waited for all of the time. What moves in between is added up, nothing else; requests that come whole are never
 * watched. Belongs to the connection's loop.
 */
final class PeerPace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long minBytesPerSecond;
    private final long graceNanos;
    private boolean watching;
    private long sinceNanos;
    private long receivedBytes;
    private long receivedBefore;
    private long takenBefore;
    private long queuedBefore;
    private boolean awaited;

    /** @param minBytesPerSecond 0 to let everybody take their time */
    PeerPace(long minBytesPerSecond, long graceNanos) {
        this.minBytesPerSecond = minBytesPerSecond;
        this.graceNanos = graceNanos;
    }

    boolean isWanted() {
        return minBytesPerSecond > 0;
    }

    boolean isWatching() {
        return watching;
    }

    /** When to {@link #judge}. */
    long dueNanos() {
        return sinceNanos + graceNanos;
    }

    /** A piece of a body has come. */
    void onReceived(int bytes) {
        receivedBytes += bytes;
    }

    /** From the last look to now the client was not waited for all of the time, or for something else. */
    void excuseBody() {
        awaited = false;
    }

    /** There is nothing to wait for any more. */
    void stop() {
        watching = false;
    }

    /**
     * Begins to watch.
     *
     * @param body whether a body is waited for
     * @param takenBytes that the client has taken so far
     * @param queuedBytes that wait for the client to take them
     */
    void watch(long nowNanos, boolean body, long takenBytes, long queuedBytes) {
        watching = true;
        sinceNanos = nowNanos;
        receivedBefore = receivedBytes;
        takenBefore = takenBytes;
        queuedBefore = queuedBytes;
        awaited = body;
    }

    /**
     * Looks, and goes on watching if there is anything that the client is waited for.
     *
     * @return why the connection is to end, null if it may go on
     */
    @Nullable
    CloseReason judge(long nowNanos, boolean body, long takenBytes, long queuedBytes) {
        long enoughBytes = (long) (minBytesPerSecond * ((nowNanos - sinceNanos) / NANOS_PER_SECOND));
        if (awaited && body && receivedBytes - receivedBefore < enoughBytes) {
            return CloseReason.SLOW_BODY;
        }
        // What was queued later than at the last look it need not have taken yet.
        if (queuedBytes > 0 && takenBytes - takenBefore < Math.min(enoughBytes, queuedBefore)) {
            return CloseReason.SLOW_READ;
        }
        watching = body || queuedBytes > 0;
        if (watching) {
            watch(nowNanos, body, takenBytes, queuedBytes);
        }
        return null;
    }
}
