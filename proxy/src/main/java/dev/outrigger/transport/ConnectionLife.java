package dev.outrigger.transport;

import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * How long a client's connection lives: what it may take between two requests, how it drains, and an end that lets the client
 * read its last answer.
 *
 * <p>Draining never closes an idle connection at once. Its client may have sent the next request already, and would not know
 * whether that was carried out; so the request gets an answer that says that it was the last, and only a connection that
 * stays idle is closed.
 */
final class ConnectionLife extends LoopTimers.Timer {
    /** What the connection is about, as far as its life depends on it. */
    interface Owner {
        /** Whether a request has begun whose answer is not complete. */
        boolean isAnswering();

        /** A head has begun and did not end in time; the connection is to be ended with an answer that says so. */
        void onHeadTimeout();
    }

    /** How long a client that was told that nothing follows has to close its side. */
    private static final long LINGER_NANOS = 1_000_000_000L;
    /** Whoever connects in order to send does it within this time; others (probes, reserves) keep no drain waiting. */
    private static final long FIRST_REQUEST_NANOS = 3_000_000_000L;

    private final DownstreamSettings settings;
    private final ReadSwitch reads;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final Owner owner;

    private @Nullable ChannelHandlerContext context;
    private boolean began;
    private boolean draining;
    private boolean late;
    private boolean closing;
    private boolean served;
    private boolean headStarted;
    private long beganNanos;
    /** Moves without the timer being armed anew: a timer that fires too early looks again, so no request pays for it. */
    private long idleDeadlineNanos;

    ConnectionLife(DownstreamSettings settings, ReadSwitch reads, LoopTimers timers, NanoClock clock, Owner owner) {
        this.settings = settings;
        this.reads = reads;
        this.timers = timers;
        this.clock = clock;
        this.owner = owner;
    }

    void attach(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** The connection is there; its first request has to follow. */
    void begin() {
        began = true;
        beganNanos = clock.nanoTime();
        idleDeadlineNanos = beganNanos + (draining ? firstRequestNanos() : settings.requestHeadTimeoutNanos());
        timers.arm(this, idleDeadlineNanos);
    }

    private long firstRequestNanos() {
        return Math.min(FIRST_REQUEST_NANOS, settings.drainIdleNanos());
    }

    /** Whether it is over, but for what is written already. */
    boolean isClosing() {
        return closing;
    }

    /** Whether the request that it is about, or the next, is the last. */
    boolean isDraining() {
        return draining;
    }

    /** Whether there is no time for a further request, even if its client was promised so. */
    boolean isLate() {
        return late;
    }

    /** Bytes have come between two requests: a head has begun, and now it has to end in time. */
    void onHeadBytes() {
        if (!headStarted && !closing) {
            headStarted = true;
            idleDeadlineNanos = clock.nanoTime() + settings.requestHeadTimeoutNanos();
            timers.arm(this, idleDeadlineNanos);
        }
    }

    void onHead() {
        headStarted = false;
        served = true;
    }

    /** Request and answer are over, the next request may come. */
    void rest() {
        expireIn(draining ? settings.drainIdleNanos() : settings.idleTimeoutNanos());
    }

    /** The answer is over and the last of the connection; what is left of the request has to come in time. */
    void awaitRestOfRequest() {
        expireIn(settings.requestHeadTimeoutNanos());
    }

    private void expireIn(long nanos) {
        idleDeadlineNanos = clock.nanoTime() + nanos;
        if (!isArmedFor(idleDeadlineNanos)) {
            timers.arm(this, idleDeadlineNanos);
        }
    }

    /** @param resting whether it is between two requests, as far as is known here */
    void drain(boolean resting) {
        if (draining) {
            return;
        }
        draining = true;
        if (began && resting && !headStarted && !closing) {
            long untilNanos = served ? clock.nanoTime() + settings.drainIdleNanos() : beganNanos + firstRequestNanos();
            if (untilNanos - idleDeadlineNanos < 0) {
                idleDeadlineNanos = untilNanos;
                timers.arm(this, untilNanos);
            }
        }
    }

    /** The time to drain is over. */
    void deadline() {
        draining = true;
        late = true;
    }

    /**
     * Sends what is written, says that nothing follows, and closes when the client has: closing with unread bytes in the
     * kernel would reset the connection and could take the answer with it.
     */
    void endAfterWrites() {
        if (closing) {
            return;
        }
        closing = true;
        reads.resume(ReadSwitch.BACK_PRESSURE);
        timers.arm(this, clock.nanoTime() + settings.idleTimeoutNanos());
        Channel channel = ctx().channel();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && channel.isActive() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
                timers.arm(this, clock.nanoTime() + LINGER_NANOS);
            } else {
                channel.close();
            }
        });
    }

    /**
     * Sends what is written and closes, so that the client sees that it is not whole.
     *
     * @param untilClose whether the answer has no other end than that of the connection
     */
    void cut(boolean untilClose) {
        closing = true;
        if (untilClose) {
            // A plain close would look like the proper end of an answer without a length.
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        timers.arm(this, clock.nanoTime() + LINGER_NANOS);
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** The connection is gone. */
    void end() {
        closing = true;
        timers.cancel(this);
    }

    @Override
    protected void onDeadline(long nowNanos) {
        if (closing) {
            ctx().close();
        } else if (owner.isAnswering()) {
            timers.arm(this, nowNanos + settings.idleTimeoutNanos());
        } else if (nowNanos - idleDeadlineNanos < 0) {
            timers.arm(this, idleDeadlineNanos);
        } else if (headStarted) {
            owner.onHeadTimeout();
        } else {
            endAfterWrites();
        }
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
