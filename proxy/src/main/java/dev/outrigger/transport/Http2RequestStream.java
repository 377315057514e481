package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.record.RefusalReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's HTTP/2 connection: a request as calls on a {@link RequestSink}, and its answer as frames.
 *
 * <p>Frames are converted here instead of by Netty's stream codec in between, because that makes objects for what is passed
 * on at once and lets through what {@link Http2Heads} refuses. The head of an answer waits for what follows it in the same
 * turn, so that an answer without a body is one frame: a gRPC client takes only that for an answer of trailers alone.
 */
final class Http2RequestStream extends ChannelInboundHandlerAdapter implements DownstreamStream {
    private static final String GRPC = "application/grpc";

    private final Http2ServerConnection connection;
    private @Nullable ChannelHandlerContext context;
    private @Nullable RequestSink sink;
    private @Nullable Http2Headers unwrittenHead;
    private @Nullable Http2Bytes bytes;

    private boolean began;
    private boolean requestEnded;
    private boolean responseStarted;
    private boolean responseEnded;
    /** No frame may follow: it was reset, by us or by the client, or is closed. */
    private boolean gone;

    /** It is an extended CONNECT: its DATA is no body. */
    private boolean leavesHttp;

    /** Its messages come, and are taken, when there is time for them: a silence between them says nothing. */
    private boolean converses;

    private boolean expectsContinue;
    private boolean bodyless;
    private boolean awaitedBody;

    Http2RequestStream(Http2ServerConnection connection) {
        this.connection = connection;
    }

    // ---- from the client

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        connection.onStreamOpen(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2HeadersFrame head) {
            if (began) {
                onTrailers(head);
            } else {
                onHead(head);
            }
        } else if (message instanceof Http2DataFrame data) {
            onData(data);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(Http2HeadersFrame frame) {
        began = true;
        requestEnded = frame.isEndStream();
        HttpRequest head = Http2Heads.toRequest(frame.headers(), requestEnded);
        if (head.decoderResult().isFailure()) {
            connection.onRefused(new RequestRules.Refusal(RefusalReason.SYNTAX, "malformed request"), head);
            reset(Http2Error.PROTOCOL_ERROR);
            return;
        }
        bodyless = head.method().equals(HttpMethod.HEAD);
        RequestRules.Refusal refusal = connection.check(head);
        if (refusal != null) {
            connection.onRefused(refusal, head);
            refuse(refusal);
            return;
        }
        leavesHttp = head.headers().contains(HttpHeaderNames.UPGRADE)
                || head.method().equals(HttpMethod.CONNECT);
        if (leavesHttp) {
            nameHandshake(head.headers());
            // Until the answer says whether it is a tunnel, nothing says what comes.
            bytes = Http2Bytes.inFrontOf(ctx(), requestEnded);
            pauseReading();
        }
        converses = isGrpc(head.headers());
        expectsContinue = !leavesHttp && !requestEnded && head.headers().contains(HttpHeaderNames.EXPECT);
        RequestSink opened = connection.open(this, head);
        if (responseEnded || gone) {
            return;
        }
        sink = opened;
        if (requestEnded || leavesHttp) {
            // An upgrade has no body; what follows an extended CONNECT belongs to what it asks for.
            opened.onRequestContent(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private static boolean isGrpc(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && AsciiString.regionMatches(type, true, 0, GRPC, 0, GRPC.length());
    }

    /**
     * A WebSocket's handshake over HTTP/1.1 carries a nonce that HTTP/2 has no need of (RFC 8441 §5). It proves only that the
     * server understood, so it has to be different each time and no secret, which the id of a channel is.
     */
    private void nameHandshake(HttpHeaders headers) {
        if (headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            byte[] id = ctx().channel().id().asLongText().getBytes(StandardCharsets.US_ASCII);
            UUID digest = UUID.nameUUIDFromBytes(id);
            ByteBuffer nonce = ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(digest.getMostSignificantBits())
                    .putLong(digest.getLeastSignificantBits());
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, Base64.getEncoder().encodeToString(nonce.array()));
        }
    }

    private void onData(Http2DataFrame data) {
        boolean last = data.isEndStream();
        requestEnded |= last;
        ByteBuf bytes = data.content();
        connection.onBody(bytes.readableBytes());
        RequestSink current = sink;
        if (current == null || (!last && !bytes.isReadable())) {
            data.release();
        } else if (last && !bytes.isReadable()) {
            data.release();
            current.onRequestContent(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            current.onRequestContent(last ? new DefaultLastHttpContent(bytes) : new DefaultHttpContent(bytes));
        }
    }

    private void onTrailers(Http2HeadersFrame frame) {
        requestEnded = true;
        RequestSink current = sink;
        if (current == null || leavesHttp) {
            return;
        }
        HttpHeaders trailers = Http2Heads.toTrailers(frame.headers());
        if (trailers == null) {
            breakRequest(Http2Error.PROTOCOL_ERROR, "malformed trailers");
        } else {
            current.onRequestContent(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RequestSink current = sink;
        if (current != null) {
            current.onRequestReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            connection.watchPace();
        }
        RequestSink current = sink;
        if (current != null) {
            current.onDownstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            // Told at once, while the end of the channel waits for what was not read.
            onGone();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        onGone();
        connection.onStreamEnd(this);
        ctx.fireChannelInactive();
    }

    private void onGone() {
        gone = true;
        RequestSink current = sink;
        sink = null;
        if (current != null && (bytes == null || !bytes.isOver())) {
            current.onDownstreamClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Http2Exception broken) {
            breakRequest(broken.error(), "broken stream");
        } else {
            if (!(cause instanceof IOException)) {
                connection.onDefect(cause);
            }
            reset(Http2Error.INTERNAL_ERROR);
            onGone();
        }
    }

    private void breakRequest(Http2Error error, String detail) {
        reset(error);
        RequestSink current = sink;
        sink = null;
        if (current != null) {
            current.onRequestBroken(Failure.of(Reason.MALFORMED_REQUEST, detail));
        }
    }

    /** Whether the client is to send more of a body now. */
    boolean awaitsBody() {
        return !requestEnded
                && !gone
                && !leavesHttp
                && !converses
                && !expectsContinue
                && ctx().channel().config().isAutoRead();
    }

    /** From now on it counts how fast the connection's bodies come. */
    void onPaceWatched() {
        awaitedBody = awaitsBody();
    }

    /** Whether the client was to send more of a body all of the time since {@link #onPaceWatched}, and is now. */
    boolean hasAwaitedBody() {
        return awaitedBody && awaitsBody();
    }

    /** What waits for the stream's window; 0 while that is little. */
    long heldBackBytes() {
        boolean judged = !gone && !leavesHttp && !converses;
        return judged && !ctx().channel().isWritable() ? ctx().channel().bytesBeforeWritable() : 0;
    }

    /** The body comes too slowly: the stream ends, and with it what else comes of the request. */
    void onSlowBody() {
        RequestSink current = sink;
        if (current != null) {
            current.onRequestBroken(Failure.of(Reason.SLOW_REQUEST, "the request's body came too slowly"));
        }
    }

    void onDrain() {
        RequestSink current = sink;
        if (current != null) {
            current.onDrain();
        }
    }

    void onDrainDeadline() {
        RequestSink current = sink;
        if (current != null) {
            current.onDrainDeadline();
        }
    }

    // ---- from the exchange

    @Override
    public ByteBufAllocator alloc() {
        return ctx().alloc();
    }

    @Override
    public long maxBodyBytes() {
        return connection.maxBodyBytes();
    }

    @Override
    public void writeInformational(HttpResponse head) {
        if (!responseStarted && !gone) {
            ctx().writeAndFlush(new DefaultHttp2HeadersFrame(Http2Heads.toResponseHeaders(head)), ctx().voidPromise());
        }
    }

    @Override
    public void writeContinue() {
        if (expectsContinue && !requestEnded && !responseStarted && !gone) {
            expectsContinue = false;
            Http2Headers head = new DefaultHttp2Headers().status(HttpResponseStatus.CONTINUE.codeAsText());
            ctx().writeAndFlush(new DefaultHttp2HeadersFrame(head), ctx().voidPromise());
            connection.watchPace();
        }
    }

    @Override
    public void writeHead(HttpResponse head) {
        responseStarted = true;
        int status = head.status().code();
        bodyless |= status == 204 || status == 304;
        unwrittenHead = Http2Heads.toResponseHeaders(head);
    }

    @Override
    public TunnelStream switchProtocols(HttpResponse head) {
        responseStarted = true;
        ctx().write(new DefaultHttp2HeadersFrame(Http2Heads.toResponseHeaders(head)), ctx().voidPromise());
        return Objects.requireNonNull(bytes);
    }

    @Override
    public void writeContent(HttpContent content) {
        if (gone) {
            content.release();
        } else if (content instanceof LastHttpContent last) {
            writeLast(last);
        } else if (bodyless || !content.content().isReadable()) {
            content.release();
        } else {
            writeHeadAlone();
            connection.onWritten(content.content().readableBytes());
            ctx().write(new DefaultHttp2DataFrame(content.content()), ctx().voidPromise());
        }
    }

    private void writeLast(LastHttpContent last) {
        boolean hasBody = !bodyless && last.content().isReadable();
        boolean hasTrailers = !last.trailingHeaders().isEmpty();
        ChannelPromise written = requestEnded ? ctx().voidPromise() : ctx().newPromise();
        Http2Headers trailers = hasTrailers ? Http2Heads.toTrailers(last.trailingHeaders()) : null;
        Http2Headers head = unwrittenHead;
        if (hasBody) {
            writeHeadAlone();
            DefaultHttp2DataFrame data = new DefaultHttp2DataFrame(last.content(), trailers == null);
            ctx().write(data, trailers == null ? written : ctx().voidPromise());
        } else {
            last.release();
        }
        if (trailers != null) {
            writeHeadAlone();
            ctx().write(new DefaultHttp2HeadersFrame(trailers, true), written);
        } else if (!hasBody) {
            unwrittenHead = null;
            ctx().write(
                            head == null ? new DefaultHttp2DataFrame(true) : new DefaultHttp2HeadersFrame(head, true),
                            written);
        }
        responseEnded = true;
        sink = null;
        if (!requestEnded) {
            resumeReading();
            written.addListener(done -> stopRequest());
        }
    }

    /** The answer is there and whole: the client need not send the rest of its request (RFC 9113 §8.1). */
    private void stopRequest() {
        if (!requestEnded) {
            reset(Http2Error.NO_ERROR);
        }
    }

    private void writeHeadAlone() {
        Http2Headers head = unwrittenHead;
        if (head != null) {
            unwrittenHead = null;
            ctx().write(new DefaultHttp2HeadersFrame(head), ctx().voidPromise());
        }
    }

    @Override
    public void flush() {
        if (!gone) {
            writeHeadAlone();
            ctx().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void pauseReading() {
        awaitedBody = false;
        ctx().channel().config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        ctx().channel().config().setAutoRead(true);
        // That may give window back, and Netty's stream flushes it only if it was not waiting for frames at that
        // moment.
        ctx().flush();
        connection.watchPace();
    }

    @Override
    public void abort() {
        if (!gone && !responseEnded) {
            sink = null;
            // What the client's window takes is its own; only the rest is lost.
            flush();
            reset(Http2Error.INTERNAL_ERROR);
        }
    }

    private void refuse(RequestRules.Refusal refusal) {
        FullHttpResponse answer = Http1Framing.refusal(alloc(), refusal.status(), refusal.detail());
        writeHead(answer);
        writeContent(new DefaultLastHttpContent(answer.content()));
        flush();
    }

    private void reset(Http2Error error) {
        if (!gone) {
            gone = true;
            ctx().writeAndFlush(new DefaultHttp2ResetFrame(error), ctx().voidPromise());
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
