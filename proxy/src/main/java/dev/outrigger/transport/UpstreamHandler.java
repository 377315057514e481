package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.UpstreamStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
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
import org.jspecify.annotations.Nullable;

/**
 * An upstream's HTTP/1.1 connection: one request at a time, kept for the next one if both messages were complete and neither
 * side asked to close.
 *
 * <p>Any doubt about where the next answer would begin (bytes that nobody asked for, an answer before the end of its
 * request, a broken message) ends the connection instead of reusing it.
 */
public final class UpstreamHandler extends ChannelInboundHandlerAdapter implements UpstreamStream {
    /** Who keeps the connection between two requests. */
    public interface Owner {
        /** Ready for the next request. */
        void onReusable(UpstreamHandler connection);

        /** Gone, whether it was idle or in use. Called once. */
        void onClosed(UpstreamHandler connection);
    }

    private static final Logger LOG = System.getLogger(UpstreamHandler.class.getName());

    private final Owner owner;
    private final ReadSwitch reads;
    private final long createdNanos;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ResponseSink sink;
    private boolean requestEnded;
    private boolean responseStarted;
    private boolean informational;
    private boolean reusable;
    private long idleSinceNanos;

    UpstreamHandler(Owner owner, ReadSwitch reads, long createdNanos) {
        this.owner = owner;
        this.reads = reads;
        this.createdNanos = createdNanos;
    }

    public long createdNanos() {
        return createdNanos;
    }

    public long idleSinceNanos() {
        return idleSinceNanos;
    }

    public void idleSince(long nowNanos) {
        idleSinceNanos = nowNanos;
    }

    public boolean isActive() {
        return ctx().channel().isActive();
    }

    public void close() {
        ctx().close();
    }

    // ---- from the attempt

    @Override
    public void start(HttpRequest head, ResponseSink responseSink) {
        sink = responseSink;
        requestEnded = false;
        responseStarted = false;
        informational = false;
        reusable = false;
        ctx().write(head, ctx().voidPromise());
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
        ctx().close();
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
                            ? Failure.of(Reason.CLOSED_BEFORE_RESPONSE)
                            : Failure.of(Reason.INVALID_RESPONSE, cause));
            return;
        }
        HttpVersion version = head.protocolVersion();
        boolean known = version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
        int status = head.status().code();
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
            if (reusable && requestEnded) {
                reads.resume(ReadSwitch.BACK_PRESSURE);
                owner.onReusable(this);
            } else {
                ctx().close();
            }
        }
        current.onResponseContent(content);
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
        endWith(Failure.of(responseStarted ? Reason.CLOSED_IN_RESPONSE : Reason.CLOSED_BEFORE_RESPONSE));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            fail(Failure.of(responseStarted ? Reason.CLOSED_IN_RESPONSE : Reason.CLOSED_BEFORE_RESPONSE, cause));
        } else {
            LOG.log(Level.ERROR, "defect on an upstream connection", cause);
            fail(Failure.of(Reason.INTERNAL, cause));
        }
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
