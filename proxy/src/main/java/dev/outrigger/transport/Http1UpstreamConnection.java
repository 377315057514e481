package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.failure.Replay;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.http.UpstreamStream;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An upstream's HTTP/1.1 connection: one request at a time, kept for the next one if both messages were complete and neither
 * side asked to close.
 *
 * <p>Any doubt about where the next answer would begin (bytes that nobody asked for, an answer before the end of its
 * request, a broken message) ends the connection instead of reusing it.
 */
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamConnection, UpstreamStream {
    private static final Logger LOG = System.getLogger(Http1UpstreamConnection.class.getName());

    private final Dial dial;
    private final Owner owner;
    private final ReadSwitch reads;
    private final long createdNanos;
    private final ChannelFutureListener headListener = this::onHeadWritten;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ResponseSink sink;
    private @Nullable HttpRequest asked;
    private @Nullable ChannelFuture headWrite;
    private @Nullable SocketBytes bytes;
    private boolean requestEnded;
    private boolean responseStarted;
    private boolean informational;
    private boolean reusable;
    /** From {@link #open()} until both messages are over and the connection is good for another request. */
    private boolean taken;

    private boolean closing;
    private long idleSinceNanos;

    Http1UpstreamConnection(Dial dial, Owner owner, ReadSwitch reads, long createdNanos) {
        this.dial = dial;
        this.owner = owner;
        this.reads = reads;
        this.createdNanos = createdNanos;
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
        return false;
    }

    /** That no further request fits is only known when the answer is over, and then it closes at once. */
    @Override
    public boolean isLeaving() {
        return false;
    }

    @Override
    public int streams() {
        return taken ? 1 : 0;
    }

    @Override
    public int capacity() {
        return taken ? 0 : 1;
    }

    @Override
    public UpstreamStream open() {
        taken = true;
        return this;
    }

    @Override
    public void close() {
        closing = true;
        if (!taken) {
            ctx().close();
        }
    }

    // ---- from the attempt

    @Override
    public void start(HttpRequest head, ResponseSink responseSink) {
        sink = responseSink;
        asked = head;
        requestEnded = false;
        responseStarted = false;
        informational = false;
        reusable = false;
        headWrite = ctx().write(head).addListener(headListener);
    }

    private void onHeadWritten(ChannelFuture write) {
        Throwable cause = write.cause();
        ResponseSink current = sink;
        if (cause != null) {
            // Not from within a call of the exchange, which would begin another attempt before this one has begun.
            ctx().executor().execute(() -> onHeadUnwritten(write, cause));
        } else if (current != null && !responseStarted) {
            current.onHeadSent();
        }
    }

    private void onHeadUnwritten(ChannelFuture write, Throwable cause) {
        if (headWrite == write && sink != null) {
            exceptionCaught(ctx(), cause);
        }
    }

    @Override
    public void writeContent(HttpContent content) {
        if (sink == null) {
            // The answer is complete or was given up; the rest of its request has no reader.
            content.release();
            return;
        }
        requestEnded |= content instanceof LastHttpContent;
        ctx().write(content, ctx().voidPromise());
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
    public void cancel() {
        sink = null;
        SocketBytes tunnelled = bytes;
        if (tunnelled == null) {
            ctx().close();
        } else {
            tunnelled.reset();
        }
    }

    @Override
    public TunnelStream switchProtocols() {
        SocketBytes begun = SocketBytes.insteadOf(List.of(Http1ClientCodec.class), ctx(), reads, () -> {});
        bytes = begun;
        return begun;
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
            ctx.close();
        } else if (message instanceof HttpResponse head) {
            onHead(current, head);
        } else if (message instanceof HttpContent content) {
            onContent(current, content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(ResponseSink current, HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            Throwable cause = head.decoderResult().cause();
            fail(
                    cause instanceof PrematureChannelClosureException
                            ? lost(null)
                            : Failure.of(Reason.INVALID_RESPONSE, cause));
            return;
        }
        HttpVersion version = head.protocolVersion();
        boolean known = version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
        int status = head.status().code();
        if (known && !responseStarted && switches(status)) {
            responseStarted = true;
            current.onSwitched(head);
            return;
        }
        if (!known || responseStarted || status == 101 || status > 999) {
            fail(Failure.of(Reason.INVALID_RESPONSE, "unexpected answer"));
            return;
        }
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            informational = true;
            current.onInformational(head);
            return;
        }
        responseStarted = true;
        reusable = HttpUtil.isKeepAlive(head);
        current.onResponseHead(head);
    }

    /** Whether what follows the answer is no HTTP any more, as the request has asked for. */
    private boolean switches(int status) {
        HttpRequest request = asked;
        if (status == 101) {
            return requestEnded && request != null && request.headers().contains(HttpHeaderNames.UPGRADE);
        }
        return status == 200 && request != null && request.method().equals(HttpMethod.CONNECT);
    }

    private void onContent(ResponseSink current, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            Throwable cause = content.decoderResult().cause();
            content.release();
            fail(Failure.of(Reason.INVALID_RESPONSE, cause));
            return;
        }
        if (informational && content instanceof LastHttpContent) {
            informational = false;
            content.release();
            return;
        }
        if (content instanceof LastHttpContent) {
            sink = null;
            if (reusable && requestEnded && !closing) {
                reads.resume(ReadSwitch.BACK_PRESSURE);
                taken = false;
                owner.onStreamEnded(this);
            } else {
                ctx().close();
            }
        }
        current.onResponseContent(content);
    }

    /** Who sends what nobody asked for may do so again: the answer under way is the last. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Http1ClientCodec.Event.UNASKED) {
            close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
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
    public void channelInactive(ChannelHandlerContext ctx) {
        owner.onClosed(this);
        if (bytes != null && bytes.isOver()) {
            sink = null;
        }
        endWith(lost(null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            fail(lost(cause));
        } else {
            LOG.log(Level.ERROR, "defect on an upstream connection", cause);
            fail(Failure.of(Reason.INTERNAL, cause));
        }
    }

    /** A head that was never on the socket whole is nothing that a server acts on. */
    private Failure lost(@Nullable Throwable cause) {
        if (responseStarted) {
            return new Failure(Reason.CLOSED_IN_RESPONSE, Replay.NEVER, "", cause, 0);
        }
        ChannelFuture written = headWrite;
        boolean unsent = written != null && !written.isSuccess();
        return new Failure(Reason.CLOSED_BEFORE_RESPONSE, unsent ? Replay.UNSENT : Replay.NEVER, "", cause, 0);
    }

    private void fail(Failure failure) {
        endWith(failure);
        ctx().close();
    }

    private void endWith(Failure failure) {
        ResponseSink current = sink;
        sink = null;
        if (current != null) {
            current.onResponseFailed(failure);
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
