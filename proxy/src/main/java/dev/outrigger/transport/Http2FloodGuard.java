package dev.outrigger.transport;

import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.Http2Flood;
import dev.outrigger.time.NanoClock;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Counts what a client may send too much of, per connection: in fixed windows, since a client that comes near a limit is no
 * good one and needs no exact judgement.
 *
 * <p>Netty has guards of most of these kinds too; one place tells by which of them a connection ended, and knows that a
 * reset which the upstream caused is not the client's doing.
 */
final class Http2FloodGuard {
    private final Http2Limits limits;
    private final NanoClock clock;
    private final Http2Counts counts;
    private final int[] seen = new int[Http2Flood.values().length];
    private final long[] windowNanos = new long[seen.length];
    private int emptyInARow;
    private boolean tripped;

    Http2FloodGuard(Http2Limits limits, NanoClock clock, Http2Counts counts) {
        this.limits = limits;
        this.clock = clock;
        this.counts = counts;
    }

    void onReset() throws Http2Exception {
        require(Http2Flood.RESETS, limits.maxResets());
    }

    void onPing() throws Http2Exception {
        require(Http2Flood.PINGS, limits.maxPings());
    }

    void onSettings() throws Http2Exception {
        require(Http2Flood.SETTINGS, limits.maxSettings());
    }

    /**
     * Something else than an answer to a control frame was written: whoever is sent data may ping for each of it, to learn
     * how much is under way at a time, as gRPC's clients do.
     */
    void onAnswer() {
        seen[Http2Flood.PINGS.ordinal()] = 0;
    }

    /** @param empty neither data nor an end */
    void onData(boolean empty) throws Http2Exception {
        emptyInARow = empty ? emptyInARow + 1 : 0;
        if (emptyInARow > limits.maxEmptyFrames()) {
            throw trip(Http2Flood.EMPTY_DATA);
        }
    }

    /** Whether the proxy had to reset more streams than is put up with. */
    boolean isProvokedTooOften() {
        return isBeyond(Http2Flood.PROVOKED_RESETS, limits.maxProvokedResets());
    }

    int maxQueuedControlFrames() {
        return limits.maxQueuedControlFrames();
    }

    private void require(Http2Flood kind, int limit) throws Http2Exception {
        if (isBeyond(kind, limit)) {
            throw trip(kind);
        }
    }

    private boolean isBeyond(Http2Flood kind, int limit) {
        int i = kind.ordinal();
        long nowNanos = clock.nanoTime();
        if (seen[i] == 0 || nowNanos - windowNanos[i] >= limits.floodWindowNanos()) {
            windowNanos[i] = nowNanos;
            seen[i] = 0;
        }
        seen[i]++;
        return seen[i] > limit;
    }

    boolean isTripped() {
        return tripped;
    }

    /** Counts the end of the connection, once. @return what ends it */
    Http2Exception trip(Http2Flood kind) {
        if (!tripped) {
            tripped = true;
            counts.onFlood(kind);
        }
        return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many: %s", kind.label());
    }
}
