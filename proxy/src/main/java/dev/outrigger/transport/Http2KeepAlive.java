package dev.outrigger.transport;

import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;

/**
 * Asks an upstream with a PING whether it is there, when nothing has passed for long while streams are open. A host that is
 * gone without a word would else be noticed when TCP gives up, after many minutes, and each new stream would be lost.
 *
 * <p>Whatever comes counts as the answer, and a silence is asked about once: gRPC's servers take repeated pings on a connection
 * that is merely quiet for an attack, and end it with all its streams.
 */
final class Http2KeepAlive extends LoopTimers.Timer {
    private static final long PING_CONTENT = 1;

    private final Http2UpstreamConnection connection;
    private final Http2ClientLimits limits;
    private final LoopTimers timers;
    private final NanoClock clock;
    /** When something last went either way. */
    private long passedNanos;

    /** The present silence has been asked about, and the upstream is there. */
    private boolean assured;

    private boolean asked;
    private boolean inVain;

    Http2KeepAlive(Http2UpstreamConnection connection, Http2ClientLimits limits, LoopTimers timers, NanoClock clock) {
        this.connection = connection;
        this.limits = limits;
        this.timers = timers;
        this.clock = clock;
    }

    void onSent() {
        passed();
    }

    void onRead() {
        if (asked) {
            asked = false;
            assured = true;
        } else {
            passed();
        }
    }

    private void passed() {
        if (limits.keepAliveIntervalNanos() > 0 && connection.streams() > 0) {
            passedNanos = clock.nanoTime();
            assured = false;
            if (!isArmed()) {
                timers.arm(this, passedNanos + limits.keepAliveIntervalNanos());
            }
        }
    }

    void end() {
        timers.cancel(this);
    }

    /** Whether the connection was given up for want of an answer. */
    boolean isInVain() {
        return inVain;
    }

    @Override
    protected void onDeadline(long nowNanos) {
        if (assured || connection.streams() == 0) {
            asked = false;
            return;
        }
        long dueNanos = passedNanos + limits.keepAliveIntervalNanos();
        if (asked) {
            inVain = true;
            connection.closeAbruptly();
        } else if (nowNanos - dueNanos < 0) {
            timers.arm(this, dueNanos);
        } else {
            asked = true;
            connection.ping(new DefaultHttp2PingFrame(PING_CONTENT));
            timers.arm(this, nowNanos + limits.keepAliveTimeoutNanos());
        }
    }
}
