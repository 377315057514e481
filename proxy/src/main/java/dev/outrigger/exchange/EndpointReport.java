package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;

/**
 * What one attempt tells of its endpoint: how long it took to answer, for the balancer, and whether it did well, for the
 * ejection. Told by attempts and not by exchanges, because of those that are sent again each says something of another
 * endpoint.
 *
 * <p>It did well when a whole answer has come, not when one has begun: an event stream begins at once, whatever becomes of
 * the call.
 */
final class EndpointReport {
    private static final int FIRST_SERVER_ERROR = 500;

    private final Upstream upstream;
    private final EndpointPool pool;
    private final NanoClock clock;
    private boolean sent;
    private long sentNanos;
    private boolean over;

    EndpointReport(Upstream upstream, EndpointPool pool, NanoClock clock) {
        this.upstream = upstream;
        this.pool = pool;
        this.clock = clock;
    }

    /** The request is being sent. */
    void onSent() {
        sent = true;
        sentNanos = clock.nanoTime();
    }

    /** The answer's head is here. */
    void onHead(int status) {
        if (status >= FIRST_SERVER_ERROR) {
            fail();
        } else {
            long nowNanos = clock.nanoTime();
            pool.latency().onAnswer(nowNanos - sentNanos, nowNanos);
        }
    }

    /** Another endpoint has answered first, although it was asked later: this one takes at least so long. */
    void onOvertaken() {
        if (sent && !over) {
            long nowNanos = clock.nanoTime();
            pool.latency().onAnswer(nowNanos - sentNanos, nowNanos);
        }
    }

    /** The whole answer is here. */
    void onEnd() {
        if (!over) {
            over = true;
            upstream.onSuccess(pool.endpoint(), clock.nanoTime());
        }
    }

    /**
     * The attempt has failed, or was given up. Some reasons say nothing of the endpoint: one that refuses a request unread
     * asks for another connection, and the longest duration is the configuration's.
     */
    void onFailed(Reason reason) {
        if (reason.blamesUpstream() && reason != Reason.STREAM_REFUSED && reason != Reason.MAX_DURATION) {
            fail();
        }
    }

    private void fail() {
        if (over) {
            return;
        }
        over = true;
        long nowNanos = clock.nanoTime();
        pool.latency().onFailure(sent ? nowNanos - sentNanos : 0, nowNanos);
        upstream.onFailure(pool.endpoint(), nowNanos);
    }
}
