package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's HTTP/1.1 connection: turns what the codec reads into calls on a {@link RequestSink}, and what an exchange
 * answers into messages with the framing and the persistence that HTTP/1.1 asks for.
 *
 * <p>One exchange at a time, thanks to the turnstile. An answer that is complete before its request is read to the end
 * leaves the rest of the body to be read and dropped, up to {@link #DISCARD_LIMIT_BYTES}: closing at once would make the
 * kernel reset the connection and the client lose the answer.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter implements DownstreamStream, ConnectionLife.Owner {
    /** What is read and dropped of a body whose answer is already complete; nginx lingers for about as much. */
    private static final long DISCARD_LIMIT_BYTES = 1024 * 1024;

    private final DownstreamSettings settings;
    private final RequestSink.Factory exchanges;
    private final RequestRules rules;
    private final Http1ServerCodec codec;
    private final Http1Turnstile turnstile;
    private final ReadSwitch reads;
    private final ConnectionEnd end;
    private final NanoClock clock;
    private final ConnectionLife life;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientInfo client;
    private @Nullable RequestSink sink;
    private @Nullable SocketBytes bytes;
    /** Between a request's head and the end of both its body and its answer. */
    private boolean open;

    private boolean requestEnded;
    private boolean responseEnded;
    private boolean responseStarted;
    private boolean keepAlive;
    private boolean http10;
    private boolean untilClose;
    private boolean expectsContinue;
    private boolean readSomething;
    /** What follows of the body is not read any more. */
    private boolean bodyBroken;

    private long discardedBytes;
    private long writtenBytes;

    DownstreamHandler(
            DownstreamSettings settings,
            RequestSink.Factory exchanges,
            RequestRules rules,
            Http1ServerCodec codec,
            Http1Turnstile turnstile,
            ReadSwitch reads,
            ConnectionEnd end,
            ConnectionLife life,
            NanoClock clock) {
        this.settings = settings;
        this.exchanges = exchanges;
        this.rules = rules;
        this.codec = codec;
        this.turnstile = turnstile;
        this.reads = reads;
        this.end = end;
        this.clock = clock;
        this.life = life;
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        life.attach(ctx, this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        life.begin();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (life.isClosing()) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest head) {
            readSomething = true;
            onHead(head);
        } else if (message instanceof HttpContent content) {
            readSomething = true;
            onContent(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(HttpRequest head) {
        life.onHead();
        life.excuseBody();
        requestEnded = false;
        responseEnded = false;
        responseStarted = false;
        untilClose = false;
        bodyBroken = false;
        discardedBytes = 0;
        RequestRules.Refusal refusal = rules.check(head);
        if (refusal != null) {
            onRefused(refusal, head);
            return;
        }
        open = true;
        http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        keepAlive = !life.isDraining() && !turnstile.isLast() && HttpUtil.isKeepAlive(head);
        expectsContinue = !http10 && head.headers().contains(HttpHeaderNames.EXPECT);
        codec.answersHead(head.method().equals(HttpMethod.HEAD));
        RequestSink opened = exchanges.open(this, head, clientInfo());
        if (!responseEnded && !life.isClosing()) {
            sink = opened;
        }
    }

    private void onRefused(RequestRules.Refusal refusal, HttpRequest head) {
        boolean unreadable = head.decoderResult().isFailure();
        end.onRefused(
                unreadable
                        ? RefusalReport.of(
                                clock.nanoTime(),
                                clientText(),
                                refusal,
                                head,
                                codec.decoder().unread())
                        : RefusalReport.of(clock.nanoTime(), clientText(), refusal, head));
        refuse(refusal, CloseReason.REFUSED);
    }

    private void onContent(HttpContent content) {
        if (bodyBroken) {
            content.release();
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            end.because(CloseReason.REFUSED);
            breakBody(Failure.of(Reason.MALFORMED_REQUEST, "malformed body"));
            return;
        }
        life.onBody(content.content().readableBytes());
        boolean last = content instanceof LastHttpContent;
        requestEnded |= last;
        RequestSink current = sink;
        if (current != null) {
            current.onRequestContent(content);
            return;
        }
        discardedBytes += content.content().readableBytes();
        content.release();
        if (open && responseEnded) {
            if (last) {
                settle();
            } else if (discardedBytes > DISCARD_LIMIT_BYTES) {
                life.endAfterWrites(CloseReason.LAST_ANSWER);
            }
        }
    }

    /** The rest of the body will not be read: the connection ends with the answer. */
    private void breakBody(Failure failure) {
        bodyBroken = true;
        requestEnded = true;
        keepAlive = false;
        RequestSink current = sink;
        if (current != null) {
            current.onRequestBroken(failure);
        } else if (open) {
            life.endAfterWrites(CloseReason.LAST_ANSWER);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RequestSink current = sink;
        if (open && !requestEnded) {
            life.watchPace();
        }
        if (current != null) {
            current.onRequestReadComplete();
        } else if (!open && !readSomething) {
            life.onHeadBytes();
        }
        readSomething = false;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            life.watchPace();
        }
        RequestSink current = sink;
        if (current != null) {
            current.onDownstreamWritabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        life.end();
        RequestSink current = sink;
        sink = null;
        if (current != null && (bytes == null || !bytes.isOver())) {
            current.onDownstreamClosed();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == DrainEvent.DRAIN) {
            onDrain();
        } else if (event == DrainEvent.DEADLINE) {
            onDrainDeadline();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onDrain() {
        life.drain(!open && turnstile.isEmpty());
        if (!responseStarted) {
            keepAlive = false;
        }
        RequestSink current = sink;
        if (current != null) {
            current.onDrain();
        }
    }

    private void onDrainDeadline() {
        life.deadline();
        end.because(CloseReason.DRAIN);
        RequestSink current = sink;
        if (current != null) {
            current.onDrainDeadline();
        } else {
            life.endAfterWrites(CloseReason.DRAIN);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            end.because(CloseReason.DEFECT);
            settings.defects().accept("client connection", cause);
        }
        ctx.close();
    }

    // ---- from the exchange

    @Override
    public ByteBufAllocator alloc() {
        return ctx().alloc();
    }

    @Override
    public long maxBodyBytes() {
        return settings.rules().maxRequestBodyBytes();
    }

    @Override
    public void writeInformational(HttpResponse head) {
        if (http10 || responseStarted) {
            return;
        }
        FullHttpResponse informational = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, head.status(), Unpooled.EMPTY_BUFFER, head.headers(), EmptyHttpHeaders.INSTANCE);
        ctx().writeAndFlush(informational, ctx().voidPromise());
    }

    @Override
    public void writeContinue() {
        if (expectsContinue && !requestEnded) {
            expectsContinue = false;
            ctx().writeAndFlush(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER),
                            ctx().voidPromise());
            life.watchPace();
        }
    }

    @Override
    public void writeHead(HttpResponse head) {
        responseStarted = true;
        if (expectsContinue && !requestEnded) {
            // The client may or may not send the body that it was not asked for: what follows can not be framed.
            keepAlive = false;
        }
        if (life.isDraining() || head.headers().contains(HttpHeaderNames.CONNECTION)) {
            keepAlive = false;
        }
        if (Http1Framing.frame(head, http10)) {
            untilClose = true;
            keepAlive = false;
        }
        if (!keepAlive) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        ctx().write(head, ctx().voidPromise());
    }

    @Override
    public void writeContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        writtenBytes += content.content().readableBytes();
        ctx().write(content, ctx().voidPromise());
        if (last) {
            responseEnded = true;
            sink = null;
            settle();
        }
    }

    @Override
    public TunnelStream switchProtocols(HttpResponse head) {
        responseStarted = true;
        life.onTunnel();
        if (head.headers().contains(HttpHeaderNames.UPGRADE)) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        ctx().write(head, ctx().voidPromise());
        SocketBytes begun = SocketBytes.insteadOf(
                List.of(Http1Turnstile.class, Http1ServerCodec.class),
                ctx(),
                reads,
                () -> end.because(CloseReason.TUNNEL));
        bytes = begun;
        return begun;
    }

    @Override
    public void flush() {
        ctx().flush();
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void pauseReading() {
        life.excuseBody();
        reads.pause(ReadSwitch.BACK_PRESSURE);
    }

    @Override
    public void resumeReading() {
        reads.resume(ReadSwitch.BACK_PRESSURE);
        if (!requestEnded) {
            life.watchPace();
        }
    }

    @Override
    public void abort() {
        if (life.isClosing()) {
            return;
        }
        sink = null;
        SocketBytes tunnelled = bytes;
        if (tunnelled == null) {
            life.cut(untilClose);
        } else {
            tunnelled.reset();
        }
    }

    // ---- between requests

    /** The answer is complete; the connection goes on if the request is read to its end too. */
    private void settle() {
        if (!responseEnded || life.isClosing()) {
            return;
        }
        if (life.isLate() || (requestEnded && (!keepAlive || turnstile.isLast()))) {
            life.endAfterWrites(CloseReason.LAST_ANSWER);
            return;
        }
        if (!requestEnded) {
            reads.resume(ReadSwitch.BACK_PRESSURE);
            life.awaitRestOfRequest(!keepAlive);
            return;
        }
        open = false;
        reads.resume(ReadSwitch.BACK_PRESSURE);
        life.rest();
        if (turnstile.isEmpty()) {
            codec.stayHttp();
        }
        turnstile.release();
    }

    @Override
    public boolean isAnswering() {
        return open && !responseEnded;
    }

    @Override
    public void onHeadTimeout() {
        RequestRules.Refusal refusal =
                new RequestRules.Refusal(RefusalReason.HEAD_TIMEOUT, "the request's head did not arrive in time");
        end.onRefused(RefusalReport.of(
                clock.nanoTime(), clientText(), refusal, null, codec.decoder().incomplete()));
        refuse(refusal, CloseReason.HEAD_TIMEOUT);
    }

    @Override
    public boolean awaitsBody() {
        return open && !requestEnded && !expectsContinue && !reads.isPaused();
    }

    @Override
    public long writtenBytes() {
        return writtenBytes;
    }

    @Override
    public void onSlowBody() {
        end.because(CloseReason.SLOW_BODY);
        breakBody(Failure.of(Reason.SLOW_REQUEST, "the request's body came too slowly"));
    }

    private void refuse(RequestRules.Refusal refusal, CloseReason why) {
        open = true;
        keepAlive = false;
        http10 = false;
        codec.answersHead(false);
        responseStarted = true;
        ctx().write(Http1Framing.refusal(alloc(), refusal.status(), refusal.detail()), ctx().voidPromise());
        end.because(why);
        life.endAfterWrites(why);
    }

    private String clientText() {
        ClientInfo known = clientInfo();
        return known.address() + ' ' + known.port();
    }

    private ClientInfo clientInfo() {
        ClientInfo known = client;
        if (known == null) {
            known = ProxiedAddresses.clientOf(settings.listener(), ctx().channel(), false);
            client = known;
        }
        return known;
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
