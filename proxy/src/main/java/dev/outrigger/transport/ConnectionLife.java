package dev.outrigger.transport;

import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.record.CloseReason;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * How long a client's connection lives: what it may take between two requests, how it drains, and an end that lets the client
 * read its last answer.
 *
 * <p>Draining never closes an idle connection at once. Its client may have sent the next request already, and would not know
 * whether that was carried out; so the request gets an answer that says that it was the last, and only a connection that
 * stays idle is closed.
 *
 * <p>One timer does for all of it, the watch over slow clients included: it is armed for whatever is due first, and looks
 * what that is when it fires.
 */
final class ConnectionLife extends LoopTimers.Timer {
    /** What the connection is about, as far as its life depends on it. */
    interface Owner {
        /** Whether a request has begun whose answer is not complete. */
        boolean isAnswering();

        /** A head has begun and did not end in time; the connection is to be ended with an answer that says so. */
        void onHeadTimeout();

        /** The connection is about to say that nothing follows: the last moment to write. */
        default void onEnd() {}

        /** Whether the client is to send more of a body now. */
        boolean awaitsBody();

        /** Whether that was so all of the time since {@link #onPaceWatched}, as far as the owner itself knows. */
        default boolean hasAwaitedBody() {
            return true;
        }

        /** From now on it counts how fast a body comes. */
        default void onPaceWatched() {}

        /** Bytes written to the client since it connected, as far as they are counted. */
        long writtenBytes();

        /** Bytes for the client that wait elsewhere than in the connection's own queue, as far as they are counted. */
        default long heldBackBytes() {
            return 0;
        }

        /**
         * The body comes too slowly; it is to be ended with an answer that says so, if there can be one, and the connection
         * with it unless it serves others.
         */
        void onSlowBody();
    }

    /** How long a client that was told that nothing follows has to close its side. */
    private static final long LINGER_NANOS = 1_000_000_000L;
    /** Whoever connects in order to send does it within this time; others (probes, reserves) keep no drain waiting. */
    private static final long FIRST_REQUEST_NANOS = 3_000_000_000L;

    private final DownstreamSettings settings;
    private final ReadSwitch reads;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final ConnectionEnd end;
    private final PeerPace pace;

    private @Nullable ChannelHandlerContext context;
    private @Nullable Owner owner;
    private boolean began;
    private boolean draining;
    private boolean late;
    private boolean closing;
    private boolean served;
    private boolean headStarted;
    private boolean tunnel;
    private long beganNanos;
    /** Moves without the timer being armed anew: a timer that fires too early looks again, so no request pays for it. */
    private long idleDeadlineNanos;

    ConnectionLife(
            DownstreamSettings settings, ReadSwitch reads, ConnectionEnd end, LoopTimers timers, NanoClock clock) {
        this.settings = settings;
        this.reads = reads;
        this.timers = timers;
        this.clock = clock;
        this.end = end;
        this.pace = new PeerPace(
                settings.rules().minBodyRateBytes(),
                settings.rules().slowGrace().toNanos());
    }

    /** Somebody takes the connection over; what was said about it before still holds. */
    void attach(ChannelHandlerContext ctx, Owner newOwner) {
        context = ctx;
        owner = newOwner;
    }

    /** The connection is there; its first request has to follow. Whoever takes it over later need not say it again. */
    void begin() {
        if (began) {
            return;
        }
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

    /** What follows are bytes of a tunnel, which may be silent for as long as its exchange lets it. */
    void onTunnel() {
        tunnel = true;
        pace.stop();
    }

    /** A piece of a body has come. */
    void onBody(int bytes) {
        pace.onReceived(bytes);
    }

    /** The client is not waited for now. */
    void excuseBody() {
        pace.excuseBody();
    }

    /** There is something that the client is waited for: the rest of a body, or room for more of an answer. */
    void watchPace() {
        if (!pace.isWanted() || pace.isWatching() || closing || tunnel) {
            return;
        }
        pace.watch(clock.nanoTime(), owner().awaitsBody(), takenBytes(), queuedBytes());
        owner().onPaceWatched();
        if (!isArmedFor(pace.dueNanos())) {
            timers.arm(this, pace.dueNanos());
        }
    }

    private long takenBytes() {
        return TakenBytes.of(ctx().channel(), owner().writtenBytes());
    }

    private long queuedBytes() {
        return TakenBytes.queued(ctx().channel()) + owner().heldBackBytes();
    }

    /** Request and answer are over, the next request may come. */
    void rest() {
        expireIn(draining ? settings.drainIdleNanos() : settings.idleTimeoutNanos());
    }

    /**
     * The answer is over; what is left of the request has to come in time.
     *
     * @param last whether nothing comes after it
     */
    void awaitRestOfRequest(boolean last) {
        expireIn(last ? settings.requestHeadTimeoutNanos() : settings.idleTimeoutNanos());
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
    void endAfterWrites(CloseReason why) {
        if (closing) {
            return;
        }
        owner().onEnd();
        closing = true;
        end.because(draining ? CloseReason.DRAIN : why);
        reads.resume(ReadSwitch.BACK_PRESSURE);
        timers.arm(this, clock.nanoTime() + settings.idleTimeoutNanos());
        Channel channel = ctx().channel();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && channel.isActive() && channel instanceof DuplexChannel duplex) {
                endOutput(duplex);
                timers.arm(this, clock.nanoTime() + LINGER_NANOS);
            } else {
                channel.close();
            }
        });
    }

    /** With TLS, the end is said inside of it as well: without that, what came before does not count as whole. */
    private static void endOutput(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
    }

    /**
     * Sends what is written and closes, so that the client sees that it is not whole.
     *
     * @param untilClose whether the answer has no other end than that of the connection
     */
    void cut(boolean untilClose) {
        closing = true;
        end.because(CloseReason.CUT);
        if (untilClose) {
            // A plain close would look like the proper end of an answer without a length.
            resetAtClose();
        }
        timers.arm(this, clock.nanoTime() + LINGER_NANOS);
        // Past TLS, which would say that what came is whole.
        ChannelHandlerContext first = ctx().pipeline().firstContext();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> first.close());
    }

    private void resetAtClose() {
        ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
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
        } else if (isPaceKept(nowNanos)) {
            onDeadlineOfRest(nowNanos);
        }
    }

    private boolean isPaceKept(long nowNanos) {
        if (!pace.isWatching() || nowNanos - pace.dueNanos() < 0) {
            return true;
        }
        if (!owner().hasAwaitedBody()) {
            pace.excuseBody();
        }
        CloseReason slow = pace.judge(nowNanos, owner().awaitsBody(), takenBytes(), queuedBytes());
        if (slow == null) {
            owner().onPaceWatched();
            return true;
        }
        if (slow == CloseReason.SLOW_BODY) {
            pace.stop();
            timers.arm(this, nowNanos + settings.requestHeadTimeoutNanos());
            owner().onSlowBody();
        } else {
            end.because(slow);
            // What it did not take it will not take: the kernel should not keep it for longer either.
            resetAtClose();
            ctx().close();
        }
        return false;
    }

    private void onDeadlineOfRest(long nowNanos) {
        if (owner().isAnswering()) {
            armFor(nowNanos + settings.idleTimeoutNanos());
        } else if (nowNanos - idleDeadlineNanos < 0) {
            armFor(idleDeadlineNanos);
        } else if (headStarted) {
            owner().onHeadTimeout();
        } else {
            endAfterWrites(served ? CloseReason.IDLE : CloseReason.HEAD_TIMEOUT);
        }
    }

    private void armFor(long deadlineNanos) {
        boolean sooner = pace.isWatching() && pace.dueNanos() - deadlineNanos < 0;
        timers.arm(this, sooner ? pace.dueNanos() : deadlineNanos);
    }

    private Owner owner() {
        Owner current = owner;
        if (current == null) {
            throw new IllegalStateException("nobody's connection");
        }
        return current;
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
