package dev.outrigger.transport;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/2 connection behind its streams: how long it lives, how it drains, and what breaks all of it.
 *
 * <p>Draining says so twice (RFC 9113 §6.8): a first GOAWAY names the highest stream id there is, so that nothing under way is
 * lost; the last one, with what was really taken, follows when a ping has come back and so everything that was under way
 * has arrived.
 */
final class Http2ServerConnection extends ChannelInboundHandlerAdapter
        implements ConnectionLife.Owner, Http2ServerCodec.Owner {
    private static final long DRAIN_PING = 0x6f75747269676765L;

    private final DownstreamSettings settings;
    private final RequestSink.Factory exchanges;
    private final RequestRules rules;
    private final Http2ServerCodec codec;
    private final ConnectionEnd end;
    private final Http2Gate gate;
    private final ConnectionLife life;
    private final Http2Counts counts;
    private final NanoClock clock;
    private final Set<Http2RequestStream> streams = new LinkedHashSet<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientInfo client;
    private long writtenBytes;
    private boolean drainSaid;
    private boolean lastStreamSaid;
    private boolean broken;

    Http2ServerConnection(
            DownstreamSettings settings,
            RequestSink.Factory exchanges,
            RequestRules rules,
            Http2ServerCodec codec,
            Http2Gate gate,
            ConnectionEnd end,
            ConnectionLife life,
            Http2Counts counts,
            NanoClock clock) {
        this.settings = settings;
        this.exchanges = exchanges;
        this.rules = rules;
        this.codec = codec;
        this.end = end;
        this.gate = gate;
        this.life = life;
        this.counts = counts;
        this.clock = clock;
    }

    long maxBodyBytes() {
        return settings.rules().maxRequestBodyBytes();
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
        context = ctx;
        life.attach(ctx, this);
        counts.connections++;
        widenWindow(ctx);
        if (life.isDraining()) {
            sayDrain();
        }
    }

    /** A connection's window begins at 64 KiB whatever the settings say, and only an update widens it. */
    private void widenWindow(ChannelHandlerContext ctx) throws Http2Exception {
        Http2Connection connection = codec.connection();
        int window = connection.local().flowController().windowSize(connection.connectionStream());
        int missing = settings.http2().connectionWindowBytes() - window;
        if (missing > 0) {
            ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(missing));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        watchPace();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        watchPace();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        life.begin();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2PingFrame ping && ping.ack() && ping.content() == DRAIN_PING) {
            sayLastStream();
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        counts.connections--;
        life.end();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DrainEvent.DRAIN) {
            life.drain(streams.isEmpty());
            sayDrain();
            forEachStream(Http2RequestStream::onDrain);
        } else if (event == DrainEvent.DEADLINE) {
            life.deadline();
            sayLastStream();
            forEachStream(Http2RequestStream::onDrainDeadline);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            settings.defects().accept("client connection", cause);
            end.because(CloseReason.DEFECT);
        }
        ctx.close();
    }

    @Override
    public void onConnectionBroken(Http2Error error, Throwable cause) {
        if (broken || life.isClosing()) {
            return;
        }
        broken = true;
        if (!(cause instanceof Http2Exception) && !(cause instanceof IOException)) {
            settings.defects().accept("client connection", cause);
        }
        ChannelHandlerContext ctx = ctx();
        ByteBuf why = ByteBufUtil.writeUtf8(ctx.alloc(), cause instanceof Http2Exception ? cause.getMessage() : "");
        // Not by the codec's own goAway(), which closes as soon as it is written.
        codec.encoder().frameWriter().writeGoAway(codecContext(), lastStreamId(), error.code(), why, ctx.newPromise());
        life.endAfterWrites(error == Http2Error.ENHANCE_YOUR_CALM ? CloseReason.FLOOD : CloseReason.HTTP2_ERROR);
        // What its streams are about ends now and not when the client has gone.
        closeStreams();
    }

    private void closeStreams() {
        try {
            codec.connection().forEachActiveStream(stream -> {
                stream.close();
                return true;
            });
        } catch (Http2Exception e) {
            settings.defects().accept("client connection", e);
        }
    }

    @Override
    public void onHeadTooLarge() {
        onRefused(new RequestRules.Refusal(RefusalReason.HEADERS_TOO_LARGE, "headers: too long"), null);
    }

    private int lastStreamId() {
        return codec.connection().remote().lastStreamCreated();
    }

    private ChannelHandlerContext codecContext() {
        return ctx().pipeline().context(codec);
    }

    // ---- from its streams

    void onStreamOpen(Http2RequestStream stream) {
        counts.streams++;
        streams.add(stream);
        life.onHead();
    }

    void onStreamEnd(Http2RequestStream stream) {
        streams.remove(stream);
        if (!streams.isEmpty() || life.isClosing()) {
            return;
        }
        if (lastStreamSaid) {
            life.endAfterWrites(CloseReason.DRAIN);
        } else {
            life.rest();
        }
    }

    /** @return why the request is refused, null if it is not */
    RequestRules.@Nullable Refusal check(HttpRequest head) {
        return rules.check(head);
    }

    RequestSink open(DownstreamStream stream, HttpRequest head) {
        return exchanges.open(stream, head, client());
    }

    /** @param head null if nothing is known of it */
    void onRefused(RequestRules.Refusal refusal, @Nullable HttpRequest head) {
        String from = client().address() + ' ' + client().port();
        end.onRefused(
                head == null
                        ? RefusalReport.ofUnknown(clock.nanoTime(), from, refusal)
                        : RefusalReport.of(clock.nanoTime(), from, refusal, head));
    }

    /** A piece of a body has come. */
    void onBody(int bytes) {
        life.onBody(bytes);
    }

    /** A piece of an answer was written. */
    void onWritten(int bytes) {
        writtenBytes += bytes;
    }

    /** Something has happened after which the client may have to be waited for. */
    void watchPace() {
        if (awaitsBody() || !ctx().channel().isWritable() || heldBackBytes() > 0) {
            life.watchPace();
        }
    }

    void onDefect(Throwable cause) {
        settings.defects().accept("client stream", cause);
    }

    private ClientInfo client() {
        ClientInfo known = client;
        if (known == null) {
            known = ProxiedAddresses.clientOf(settings.listener(), ctx().channel(), true);
            client = known;
        }
        return known;
    }

    /** A stream may end when it is told something. */
    private void forEachStream(Consumer<Http2RequestStream> action) {
        List<Http2RequestStream> now = new ArrayList<>(streams);
        now.forEach(action);
    }

    // ---- its end

    private void sayDrain() {
        if (drainSaid || life.isClosing()) {
            return;
        }
        drainSaid = true;
        ctx().write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
        ctx().writeAndFlush(new DefaultHttp2PingFrame(DRAIN_PING));
    }

    private void sayLastStream() {
        if (lastStreamSaid || life.isClosing()) {
            return;
        }
        if (streams.isEmpty()) {
            life.endAfterWrites(CloseReason.DRAIN);
        } else {
            writeLastStream();
            ctx().flush();
        }
    }

    private void writeLastStream() {
        if (!lastStreamSaid) {
            lastStreamSaid = true;
            ctx().write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR, Unpooled.EMPTY_BUFFER));
        }
    }

    @Override
    public boolean isAnswering() {
        return !streams.isEmpty();
    }

    @Override
    public void onHeadTimeout() {
        life.endAfterWrites(CloseReason.HEAD_TIMEOUT);
    }

    @Override
    public boolean awaitsBody() {
        for (Http2RequestStream stream : streams) {
            if (stream.awaitsBody()) {
                return true;
            }
        }
        return false;
    }

    /** That another body has only begun, or that other streams wait for nothing, excuses none. */
    @Override
    public boolean hasAwaitedBody() {
        for (Http2RequestStream stream : streams) {
            if (stream.hasAwaitedBody()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onPaceWatched() {
        streams.forEach(Http2RequestStream::onPaceWatched);
    }

    @Override
    public long writtenBytes() {
        return writtenBytes;
    }

    /** A client that gives no window reads its socket well and takes nothing. */
    @Override
    public long heldBackBytes() {
        long sum = 0;
        for (Http2RequestStream stream : streams) {
            sum += stream.heldBackBytes();
        }
        return sum;
    }

    @Override
    public void onSlowBody() {
        List<Http2RequestStream> slow = new ArrayList<>(streams);
        slow.removeIf(stream -> !stream.hasAwaitedBody());
        boolean servesOthers = slow.size() < streams.size();
        slow.forEach(Http2RequestStream::onSlowBody);
        if (!servesOthers) {
            life.endAfterWrites(CloseReason.SLOW_BODY);
        }
    }

    @Override
    public void onEnd() {
        if (!broken) {
            writeLastStream();
        }
        gate.shut();
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
