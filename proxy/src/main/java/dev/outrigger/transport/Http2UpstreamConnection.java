package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * An upstream's HTTP/2 connection: opens streams as far as both sides allow, sees that the other side is alive, and goes when
 * it is told to.
 *
 * <p>Whether another stream fits is counted here and not left to the codec, which would queue what does not: the pool has to
 * know it to let exchanges wait, or to connect once more. A stream that the upstream refused says that it has enough; until one
 * of the others ends, no new one is opened, and if there are no others the connection is given up.
 *
 * <p>Sits behind the multiplexer, where everything arrives that is not about a single stream.
 */
final class Http2UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamConnection {
    /** A peer that has said nothing yet takes at least as many as this (RFC 9113 §6.5.2 recommends not to allow fewer). */
    private static final int STREAMS_BEFORE_SETTINGS = 100;

    private static final Logger LOG = System.getLogger(Http2UpstreamConnection.class.getName());

    private final Dial dial;
    private final Owner owner;
    private final Http2KeepAlive keepAlive;
    private final long createdNanos;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http2StreamChannelBootstrap opener;
    private int peersLimit = STREAMS_BEFORE_SETTINGS;
    /** As many streams as were open when the upstream refused one. */
    private int refusedAt = Integer.MAX_VALUE;

    private int streams;
    private boolean tls;
    private final ArrayDeque<Runnable> awaitingSettings = new ArrayDeque<>(0);
    private boolean opened;
    private boolean heardSettings;
    private boolean extendedConnect;
    private boolean leaving;
    private boolean closed;
    private @Nullable Failure broken;
    private long idleSinceNanos;

    private Http2UpstreamConnection(Dial dial, Owner owner, LoopTimers timers, NanoClock clock) {
        this.dial = dial;
        this.owner = owner;
        this.keepAlive = new Http2KeepAlive(this, dial.http2(), timers, clock);
        this.createdNanos = clock.nanoTime();
    }

    /** Adds a connection, and what it stands on, to a pipeline. */
    static Http2UpstreamConnection install(
            ChannelPipeline pipeline, Dial dial, Owner owner, LoopTimers timers, NanoClock clock) {
        Http2UpstreamConnection made = new Http2UpstreamConnection(dial, owner, timers, clock);
        Http2Settings settings = Http2Settings.defaultSettings()
                .pushEnabled(false)
                .initialWindowSize(dial.http2().streamWindowBytes())
                .maxHeaderListSize(UpstreamConnector.MAX_HEADER_BYTES);
        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(settings)
                .validateHeaders(true)
                .encoderEnforceMaxConcurrentStreams(true)
                .gracefulShutdownTimeoutMillis(0)
                .build();
        pipeline.addLast(codec, new Http2MultiplexHandler(new NoPush()), made);
        return made;
    }

    // ---- from the pool

    @Override
    public Dial dial() {
        return dial;
    }

    @Override
    public long createdNanos() {
        return createdNanos;
    }

    @Override
    public long idleSinceNanos() {
        return idleSinceNanos;
    }

    @Override
    public void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    @Override
    public boolean isActive() {
        return ctx().channel().isActive();
    }

    @Override
    public boolean isMultiplexed() {
        return true;
    }

    @Override
    public boolean isLeaving() {
        return leaving;
    }

    @Override
    public int streams() {
        return streams;
    }

    @Override
    public int capacity() {
        if (leaving || !isActive()) {
            return 0;
        }
        int limit = Math.min(Math.min(peersLimit, dial.http2().maxConcurrentStreams()), refusedAt);
        return Math.max(0, limit - streams);
    }

    @Override
    public UpstreamStream open() {
        Http2AnswerStream stream = new Http2AnswerStream(this);
        Http2StreamChannelBootstrap bootstrap = opener;
        if (bootstrap == null) {
            bootstrap = new Http2StreamChannelBootstrap(ctx().channel());
            opener = bootstrap;
        }
        streams++;
        // On the connection's own loop it is open when this returns, unless the connection has just closed.
        bootstrap.handler(stream).open();
        return stream;
    }

    @Override
    public void close() {
        leave();
    }

    // ---- from its streams

    /** {@code http} or {@code https}, as requests on it say. */
    String scheme() {
        return tls ? "https" : "http";
    }

    /** Something was sent on one of them. */
    void onSent() {
        keepAlive.onSent();
    }

    /** Called once by each stream. */
    void onStreamOver(boolean refused) {
        streams--;
        if (closed) {
            return;
        }
        if (!refused) {
            refusedAt = Integer.MAX_VALUE;
        } else if (streams == 0) {
            leave();
        } else {
            refusedAt = streams;
        }
        owner.onStreamEnded(this);
        closeIfDone();
    }

    /** Why a stream got no answer, or not all of one, where nobody has said so of the stream itself. */
    Failure lost(boolean inAnswer) {
        Failure known = broken;
        if (known != null) {
            return known;
        }
        Reason reason = inAnswer ? Reason.CLOSED_IN_RESPONSE : Reason.CLOSED_BEFORE_RESPONSE;
        return keepAlive.isInVain() ? Failure.of(reason, "no answer to a ping") : Failure.of(reason);
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        tls = ctx.pipeline().get(SslHandler.class) != null;
        if (ctx.channel().isActive()) {
            widen(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        widen(ctx);
        ctx.fireChannelActive();
    }

    /** The window of all streams together can only be widened by word. Comes behind the preface, which the codec has written. */
    private void widen(ChannelHandlerContext ctx) {
        int more = dial.http2().connectionWindowBytes() - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
        if (!opened && more > 0) {
            opened = true;
            ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(more));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2SettingsFrame frame) {
            onSettings(frame.settings());
        } else if (message instanceof Http2GoAwayFrame) {
            leave();
        }
        ReferenceCountUtil.release(message);
    }

    /** Whether the upstream has said what it can do. */
    boolean isKnown() {
        return heardSettings;
    }

    /** @param task run as soon as {@link #isKnown()}, if that comes */
    void whenKnown(Runnable task) {
        awaitingSettings.add(task);
    }

    /** Whether a CONNECT may ask for another protocol than TCP (RFC 8441). */
    boolean takesExtendedConnect() {
        return extendedConnect;
    }

    private void onSettings(Http2Settings settings) {
        Long limit = settings.maxConcurrentStreams();
        if (limit != null) {
            peersLimit = (int) Math.min(Integer.MAX_VALUE, limit);
        } else if (!heardSettings) {
            peersLimit = Integer.MAX_VALUE;
        }
        extendedConnect |= Boolean.TRUE.equals(settings.connectProtocolEnabled());
        heardSettings = true;
        owner.onCapacityChanged(this);
        Runnable next;
        while ((next = awaitingSettings.poll()) != null) {
            next.run();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        keepAlive.onRead();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        keepAlive.end();
        owner.onClosed(this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Http2AnswerStream.isProtocolError(cause)) {
            // The codec says so with GOAWAY, and closes.
            broken = Failure.of(Reason.INVALID_RESPONSE, cause);
            leave();
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.log(Level.ERROR, "defect on an upstream connection", cause);
            broken = Failure.of(Reason.INTERNAL, cause);
        }
        leave();
        ctx.close();
    }

    // ---- its end

    private void leave() {
        if (!leaving && !closed) {
            leaving = true;
            owner.onLeaving(this);
            closeIfDone();
        }
    }

    /** At once, without a word: past the codec, whose GOAWAY would wait for a peer that takes nothing. */
    void closeAbruptly() {
        ctx().pipeline().context(Http2FrameCodec.class).close();
    }

    void ping(Http2PingFrame ping) {
        ctx().writeAndFlush(ping);
    }

    private void closeIfDone() {
        if (leaving && streams == 0) {
            ctx().close();
        }
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    /** Streams that the upstream opens: there are none, since pushes are switched off and the codec refuses them. */
    @Sharable
    private static final class NoPush extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.close();
        }
    }
}
