package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.http.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2NoMoreStreamIdsException;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.StreamBufferingEncoder.Http2GoAwayException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer on an HTTP/2 connection: what the exchange writes becomes frames, and frames become what an
 * exchange reads.
 *
 * <p>The head waits for what follows it, so that a request without a body is one frame that says so itself; servers tell
 * "no body" from "an empty body" by that.
 */
final class Http2AnswerStream extends ChannelInboundHandlerAdapter implements UpstreamStream {
    private static final Logger LOG = System.getLogger(Http2AnswerStream.class.getName());

    private final Http2UpstreamConnection connection;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ResponseSink sink;
    /** The request's head, until it is written. */
    private @Nullable Http2Headers head;

    private @Nullable Http2Switch switching;
    private @Nullable Http2Bytes bytes;

    /** The end of a request without a body came before it was known whether the upstream takes it as it is. */
    private boolean bodyless;

    private boolean requestEnded;
    private boolean headWritten;
    private boolean answerEnded;
    private boolean responseStarted;
    private boolean refused;
    private boolean over;

    Http2AnswerStream(Http2UpstreamConnection connection) {
        this.connection = connection;
    }

    // ---- from the attempt

    @Override
    public void start(HttpRequest request, ResponseSink responseSink) {
        sink = responseSink;
        Http2Switch asked = Http2Switch.of(request);
        switching = asked;
        if (asked == null || !asked.isExtended()) {
            head = Http2Heads.toRequestHeaders(request, connection.scheme());
        } else if (connection.isKnown()) {
            ask(request);
        } else {
            connection.whenKnown(() -> {
                ask(request);
                flush();
            });
        }
    }

    /** Extends CONNECT if the upstream knows that, else leaves the upgrade out. */
    private void ask(HttpRequest request) {
        if (!connection.takesExtendedConnect()) {
            switching = null;
            Http2Switch.leaveOut(request);
        }
        if (sink != null) {
            head = Http2Heads.toRequestHeaders(request, connection.scheme());
            if (switching == null && bodyless) {
                writeHead(true);
                requestEnded = true;
            }
        }
    }

    @Override
    public void writeContent(HttpContent content) {
        if (sink == null) {
            // The answer is complete or was given up; the rest of its request has no reader.
            content.release();
            return;
        }
        if (switching != null) {
            // There is none, but for an end that is not that of the stream.
            bodyless = true;
            content.release();
            return;
        }
        boolean last = content instanceof LastHttpContent;
        HttpHeaders trailers =
                content instanceof LastHttpContent end && !end.trailingHeaders().isEmpty()
                        ? end.trailingHeaders()
                        : null;
        boolean empty = !content.content().isReadable();
        requestEnded |= last;
        boolean endsWithHead = last && empty && trailers == null;
        if (writeHead(endsWithHead) && endsWithHead) {
            content.release();
            return;
        }
        if (empty && (!last || trailers != null)) {
            content.release();
        } else {
            ctx().write(new DefaultHttp2DataFrame(content.content(), last && trailers == null), ctx().voidPromise());
        }
        if (trailers != null) {
            ctx().write(new DefaultHttp2HeadersFrame(Http2Heads.toTrailers(trailers), true), ctx().voidPromise());
        }
    }

    /** @return whether it was still to be written */
    private boolean writeHead(boolean ends) {
        Http2Headers waiting = head;
        if (waiting == null) {
            return false;
        }
        head = null;
        ctx().write(new DefaultHttp2HeadersFrame(waiting, ends)).addListener(done -> {
            Throwable cause = done.cause();
            headWritten = cause == null;
            if (cause != null) {
                // Not from within a call of the exchange, which would begin another attempt before this one has begun.
                ctx().executor().execute(() -> onHeadUnwritten(cause));
            }
        });
        return true;
    }

    private void onHeadUnwritten(Throwable cause) {
        if (sink == null) {
            return;
        }
        if (cause instanceof Http2NoMoreStreamIdsException || cause instanceof Http2GoAwayException) {
            refuse();
        } else if (cause instanceof HeaderListSizeException) {
            fail(Failure.of(Reason.REQUEST_TOO_LARGE, "the upstream takes no head of this size"));
        } else {
            fail(lost());
        }
    }

    @Override
    public TunnelStream switchProtocols() {
        Http2Bytes begun = Http2Bytes.inFrontOf(ctx(), answerEnded);
        bytes = begun;
        return begun;
    }

    @Override
    public void flush() {
        if (sink != null) {
            writeHead(false);
        }
        ctx().flush();
        connection.onSent();
    }

    @Override
    public boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public void pauseReading() {
        ctx().channel().config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        ctx().channel().config().setAutoRead(true);
        // As in Http2RequestStream: window that this gives back has to be told at once.
        ctx().flush();
    }

    /** Closing a stream that is not over resets it with CANCEL. */
    @Override
    public void cancel() {
        sink = null;
        head = null;
        ctx().close();
        end();
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ResponseSink current = sink;
        if (current == null) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof Http2HeadersFrame frame) {
            onHeaders(current, frame.headers(), frame.isEndStream());
        } else if (message instanceof Http2DataFrame frame) {
            onData(current, frame.content(), frame.isEndStream());
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHeaders(ResponseSink current, Http2Headers headers, boolean ends) {
        if (responseStarted) {
            HttpHeaders trailers = ends ? Http2Heads.toTrailers(headers) : null;
            if (trailers == null) {
                fail(Failure.of(Reason.INVALID_RESPONSE, "unexpected headers"));
            } else {
                onLast(current, new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
            }
            return;
        }
        HttpResponse response = Http2Heads.toResponse(headers);
        boolean informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (response.decoderResult().isFailure()) {
            fail(Failure.of(Reason.INVALID_RESPONSE, response.decoderResult().cause()));
        } else if (informational && (ends || response.status().code() == 101)) {
            fail(Failure.of(Reason.INVALID_RESPONSE, "unexpected answer"));
        } else if (informational) {
            current.onInformational(response);
        } else {
            responseStarted = true;
            Http2Switch asked = switching;
            if (asked != null && response.status().codeClass() == HttpStatusClass.SUCCESS) {
                answerEnded = ends;
                current.onSwitched(asked.answer(response));
                return;
            }
            current.onResponseHead(response);
            if (ends && sink != null) {
                onLast(current, LastHttpContent.EMPTY_LAST_CONTENT);
            }
        }
    }

    private void onData(ResponseSink current, ByteBuf content, boolean ends) {
        if (!responseStarted) {
            content.release();
            fail(Failure.of(Reason.INVALID_RESPONSE, "a body without a head"));
        } else if (ends) {
            onLast(current, new DefaultLastHttpContent(content));
        } else if (content.isReadable()) {
            current.onResponseContent(new DefaultHttpContent(content));
        } else {
            content.release();
        }
    }

    private void onLast(ResponseSink current, LastHttpContent last) {
        sink = null;
        if (!requestEnded) {
            // Nobody reads the rest of the request, and the stream would stay open for it.
            ctx().close();
        }
        end();
        current.onResponseContent(last);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ResponseSink current = sink;
        if (current != null) {
            current.onResponseReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ResponseSink current = sink;
        if (current != null) {
            current.onUpstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            onReset(reset.errorCode());
        } else if (event instanceof Http2GoAwayFrame) {
            // Only those streams hear of it that the upstream has not looked at.
            refuse();
        }
        ReferenceCountUtil.release(event);
    }

    private void onReset(long errorCode) {
        if (errorCode == Http2Error.REFUSED_STREAM.code()) {
            refuse();
        } else if (errorCode != Http2Error.NO_ERROR.code()) {
            Http2Error known = Http2Error.valueOf(errorCode);
            fail(Failure.of(
                    responseStarted ? Reason.CLOSED_IN_RESPONSE : Reason.CLOSED_BEFORE_RESPONSE,
                    "stream reset with " + (known == null ? "code " + errorCode : known.name())));
        }
        // Else what was sent of the answer before is all of it, and still comes.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (bytes != null && bytes.isOver()) {
            sink = null;
        }
        fail(lost());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            fail(lost());
        } else if (isProtocolError(cause)) {
            fail(Failure.of(Reason.INVALID_RESPONSE, cause));
        } else {
            LOG.log(Level.ERROR, "defect on an upstream stream", cause);
            fail(Failure.of(Reason.INTERNAL, cause));
        }
    }

    /** Whether what the codec complains of is what the other side sent, and no defect of this one. */
    static boolean isProtocolError(Throwable cause) {
        return cause instanceof Http2Exception || cause instanceof Http2FrameStreamException;
    }

    // ---- its end

    /** A head that was never on the socket whole is nothing that an upstream acts on. */
    private Failure lost() {
        Failure failure = connection.lost(responseStarted);
        return headWritten || failure.reason() != Reason.CLOSED_BEFORE_RESPONSE ? failure : failure.asUnsent();
    }

    /** The upstream has not acted on the request, and says so. */
    private void refuse() {
        refused = !responseStarted;
        fail(
                responseStarted
                        ? Failure.of(Reason.CLOSED_IN_RESPONSE, "stream reset with REFUSED_STREAM")
                        : Failure.refused(Reason.STREAM_REFUSED));
    }

    private void fail(Failure failure) {
        ResponseSink current = sink;
        sink = null;
        head = null;
        ctx().close();
        end();
        if (current != null) {
            current.onResponseFailed(failure);
        }
    }

    private void end() {
        if (!over) {
            over = true;
            connection.onStreamOver(refused);
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
