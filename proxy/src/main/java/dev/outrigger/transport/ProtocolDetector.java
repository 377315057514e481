package dev.outrigger.transport;

import dev.outrigger.record.CloseReason;
import dev.outrigger.record.Detection;
import dev.outrigger.record.EntranceRecorder;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a connection until they tell what it speaks, has the handlers for that installed, gives them the
 * bytes, and leaves: nothing is paid for it by what follows.
 *
 * <p>The very first byte decides for nearly all, so nothing is held back and nothing is copied. Where only HTTP is expected,
 * the connection's life begins here and goes on with whoever takes it over: neither its deadlines nor a drain begin anew.
 * Where it may be opaque, silence has another meaning (its server speaks first), and a deadline of its own.
 */
final class ProtocolDetector extends ChannelInboundHandlerAdapter implements ConnectionLife.Owner {
    /** What is told apart. */
    enum Scope {
        /** HTTP/2 with prior knowledge (RFC 9113, 3.3) from everything else, which is HTTP/1.1's to refuse. */
        HTTP,
        /** All that there is. */
        AUTO,
        /** The names that TLS hellos ask for; all is opaque. */
        SERVER_NAME
    }

    /** A hello that is longer passes without its name; the limit of Envoy's TLS inspector. */
    private static final int MAX_HELLO_BYTES = 16 * 1024;

    private final Scope scope;
    private final DownstreamSettings settings;
    private final Entrance entrance;
    private final ConnectionLife life;
    private final EntranceRecorder recorder;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final Deadline deadline = new Deadline();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf held;
    private long startNanos;
    private boolean reading;
    private boolean inputEnded;
    private boolean decided;

    ProtocolDetector(
            Scope scope,
            DownstreamSettings settings,
            Entrance entrance,
            ConnectionLife life,
            EntranceRecorder recorder,
            LoopTimers timers,
            NanoClock clock) {
        this.scope = scope;
        this.settings = settings;
        this.entrance = entrance;
        this.life = life;
        this.recorder = recorder;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        startNanos = clock.nanoTime();
        life.attach(ctx, this);
        if (scope != Scope.HTTP) {
            timers.arm(deadline, startNanos + settings.entrance().detectTimeoutNanos());
            // The end of what a client sends is not yet the end of the connection, if it turns out to be opaque.
            ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        } else if (ctx.channel().isActive()) {
            life.begin();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (scope == Scope.HTTP) {
            life.begin();
        }
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes) || life.isClosing()) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf before = held;
        ByteBuf all =
                before == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
        held = all;
        reading = true;
        switch (scope) {
            case HTTP -> lookForPreface(ctx, all);
            case AUTO -> lookAtAll(ctx, all);
            case SERVER_NAME -> lookForHello(ctx, all);
        }
        reading = false;
    }

    private void lookForPreface(ChannelHandlerContext ctx, ByteBuf bytes) {
        switch (FirstBytes.preface(bytes)) {
            case HTTP2 -> decide(ctx, Detection.HTTP2, null);
            case UNDECIDED -> life.onHeadBytes();
            default -> decide(ctx, Detection.HTTP1, null);
        }
    }

    private void lookAtAll(ChannelHandlerContext ctx, ByteBuf bytes) {
        switch (FirstBytes.judge(bytes)) {
            case HTTP1 -> decide(ctx, Detection.HTTP1, null);
            case HTTP2 -> decide(ctx, Detection.HTTP2, null);
            case TLS -> lookForName(ctx, bytes);
            case OPAQUE -> decide(ctx, Detection.OPAQUE, null);
            case UNDECIDED -> {
                // More has to come.
            }
        }
    }

    private void lookForHello(ChannelHandlerContext ctx, ByteBuf bytes) {
        switch (ClientHello.kind(bytes)) {
            case HELLO -> lookForName(ctx, bytes);
            case OTHER -> decide(ctx, Detection.OPAQUE, null);
            case UNDECIDED -> {
                // More has to come.
            }
        }
    }

    private void lookForName(ChannelHandlerContext ctx, ByteBuf bytes) {
        ClientHello.Look look = ClientHello.look(bytes);
        if (look.whole() || bytes.readableBytes() >= MAX_HELLO_BYTES) {
            decide(ctx, Detection.TLS, look.serverName());
        }
    }

    private void decide(ChannelHandlerContext ctx, Detection detection, @Nullable String serverName) {
        decided = true;
        recorder.found(detection, clock.nanoTime() - startNanos);
        switch (detection) {
            case HTTP1 -> {
                beginHttp(ctx);
                entrance.http1(ctx.pipeline());
            }
            case HTTP2 -> {
                beginHttp(ctx);
                entrance.http2(ctx.pipeline());
            }
            case TLS -> entrance.tls(ctx.pipeline(), serverName);
            case OPAQUE -> entrance.opaque(ctx.pipeline(), serverName);
        }
        ByteBuf bytes = held;
        held = null;
        if (bytes != null) {
            ctx.fireChannelRead(bytes);
            if (!reading) {
                ctx.fireChannelReadComplete();
            }
        }
        if (inputEnded) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        ctx.pipeline().remove(this);
    }

    private void beginHttp(ChannelHandlerContext ctx) {
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        life.begin();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DrainEvent.DRAIN) {
            onDrain();
        } else if (event == DrainEvent.DEADLINE) {
            life.deadline();
            life.endAfterWrites(CloseReason.DRAIN);
        } else if (event instanceof ChannelInputShutdownEvent) {
            onInputEnded(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onDrain() {
        if (scope != Scope.HTTP && !life.isDraining()) {
            // Whoever connects in order to send does it soon.
            long limitNanos =
                    Math.min(settings.drainIdleNanos(), settings.entrance().detectTimeoutNanos());
            timers.arm(deadline, startNanos + limitNanos);
        }
        life.drain(true);
    }

    private void onInputEnded(ChannelHandlerContext ctx) {
        if (decided || inputEnded) {
            return;
        }
        boolean redirected = scope == Scope.AUTO && OriginalDestination.of(ctx.channel()) != null;
        if (held == null && !redirected) {
            // Somebody looked whether the port is open; which of a redirected connection only the server itself can
            // tell.
            ctx.close();
        } else {
            inputEnded = true;
            decide(ctx, Detection.OPAQUE, null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        life.end();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        timers.cancel(deadline);
        ReferenceCountUtil.release(held);
        held = null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            settings.defects().accept("client connection", cause);
        }
        ctx.close();
    }

    @Override
    public boolean isAnswering() {
        return false;
    }

    @Override
    public void onHeadTimeout() {
        recorder.timedOut();
        life.endAfterWrites(CloseReason.HEAD_TIMEOUT);
    }

    @Override
    public boolean awaitsBody() {
        return false;
    }

    @Override
    public long writtenBytes() {
        return 0;
    }

    @Override
    public void onSlowBody() {
        throw new IllegalStateException("no body was waited for");
    }

    /** The time is over in which a connection that may be opaque has to show what it is. */
    private final class Deadline extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            ChannelHandlerContext ctx = context;
            if (ctx == null || decided) {
                return;
            }
            recorder.timedOut();
            if (life.isDraining()) {
                ctx.close();
            } else {
                decide(ctx, Detection.OPAQUE, null);
            }
        }
    }
}
