package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.resilience.LoopTimers;
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
    private final ConnectionLife life;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientInfo client;
    private @Nullable RequestSink sink;
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
    private long discardedBytes;

    DownstreamHandler(
            DownstreamSettings settings,
            RequestSink.Factory exchanges,
            RequestRules rules,
            Http1ServerCodec codec,
            Http1Turnstile turnstile,
            ReadSwitch reads,
            LoopTimers timers,
            NanoClock clock) {
        this.settings = settings;
        this.exchanges = exchanges;
        this.rules = rules;
        this.codec = codec;
        this.turnstile = turnstile;
        this.reads = reads;
        this.life = new ConnectionLife(settings, reads, timers, clock, this);
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        life.attach(ctx);
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
        requestEnded = false;
        responseEnded = false;
        responseStarted = false;
        untilClose = false;
        discardedBytes = 0;
        RequestRules.Refusal refusal = rules.check(head);
        if (refusal != null) {
            exchanges.onRefused();
            refuse(refusal.status(), refusal.detail());
            return;
        }
        open = true;
        http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        keepAlive = !life.isDraining() && HttpUtil.isKeepAlive(head);
        expectsContinue = !http10 && head.headers().contains(HttpHeaderNames.EXPECT);
        codec.answersHead(head.method().equals(HttpMethod.HEAD));
        RequestSink opened = exchanges.open(this, head, clientInfo());
        if (!responseEnded && !life.isClosing()) {
            sink = opened;
        }
    }

    private void onContent(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            keepAlive = false;
            RequestSink current = sink;
            if (current != null) {
                current.onRequestBroken(Failure.of(Reason.MALFORMED_REQUEST, "malformed body"));
            } else if (open) {
                life.endAfterWrites();
            }
            return;
        }
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
                life.endAfterWrites();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RequestSink current = sink;
        if (current != null) {
            current.onRequestReadComplete();
        } else if (!open && !readSomething) {
            life.onHeadBytes();
        }
        readSomething = false;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
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
        if (current != null) {
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
        RequestSink current = sink;
        if (current != null) {
            current.onDrainDeadline();
        } else {
            life.endAfterWrites();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
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
        }
    }

    @Override
    public void writeHead(HttpResponse head) {
        responseStarted = true;
        if (expectsContinue && !requestEnded) {
            // The client may or may not send the body that it was not asked for: what follows can not be framed.
            keepAlive = false;
        }
        if (life.isDraining()) {
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
        ctx().write(content, ctx().voidPromise());
        if (last) {
            responseEnded = true;
            sink = null;
            settle();
        }
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
        reads.pause(ReadSwitch.BACK_PRESSURE);
    }

    @Override
    public void resumeReading() {
        reads.resume(ReadSwitch.BACK_PRESSURE);
    }

    @Override
    public void abort() {
        if (life.isClosing()) {
            return;
        }
        sink = null;
        life.cut(untilClose);
    }

    // ---- between requests

    /** The answer is complete; the connection goes on if the request is read to its end too. */
    private void settle() {
        if (!responseEnded || life.isClosing()) {
            return;
        }
        if (life.isLate() || (requestEnded && !keepAlive)) {
            life.endAfterWrites();
            return;
        }
        if (!requestEnded) {
            reads.resume(ReadSwitch.BACK_PRESSURE);
            if (!keepAlive) {
                life.awaitRestOfRequest();
            }
            return;
        }
        open = false;
        reads.resume(ReadSwitch.BACK_PRESSURE);
        life.rest();
        turnstile.release();
    }

    @Override
    public boolean isAnswering() {
        return open && !responseEnded;
    }

    @Override
    public void onHeadTimeout() {
        exchanges.onRefused();
        refuse(HttpResponseStatus.REQUEST_TIMEOUT, "the request's head did not arrive in time");
    }

    private void refuse(HttpResponseStatus status, String detail) {
        open = true;
        keepAlive = false;
        http10 = false;
        codec.answersHead(false);
        responseStarted = true;
        ctx().write(Http1Framing.refusal(alloc(), status, detail), ctx().voidPromise());
        life.endAfterWrites();
    }

    private ClientInfo clientInfo() {
        ClientInfo known = client;
        if (known == null) {
            known = ClientInfo.of(settings.listener(), ctx().channel().remoteAddress());
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
