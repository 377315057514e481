package dev.outrigger.transport;

import dev.outrigger.record.Http2Flood;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LifecycleManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows {@link Http2FloodGuard} what a client makes the proxy send: resets, and answers to control frames, which pile up
 * without a window if nobody reads them.
 */
final class Http2GuardedEncoder extends DecoratingHttp2ConnectionEncoder {
    private final Http2FloodGuard guard;
    private final ChannelFutureListener onWritten = this::onWritten;
    private @Nullable Http2LifecycleManager lifecycle;
    private int queued;

    Http2GuardedEncoder(Http2ConnectionEncoder encoder, Http2FloodGuard guard) {
        super(encoder);
        this.guard = guard;
    }

    @Override
    public void lifecycleManager(Http2LifecycleManager manager) {
        lifecycle = manager;
        super.lifecycleManager(manager);
    }

    @Override
    public ChannelFuture writeData(
            ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ends, ChannelPromise promise) {
        guard.onAnswer();
        return super.writeData(ctx, streamId, data, padding, ends, promise);
    }

    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int padding,
            boolean ends,
            ChannelPromise promise) {
        guard.onAnswer();
        return super.writeHeaders(ctx, streamId, headers, padding, ends, promise);
    }

    @Override
    public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        ChannelFuture written = super.writeSettingsAck(ctx, promise.unvoid());
        onControlFrame(ctx, written);
        return written;
    }

    @Override
    public ChannelFuture writePing(ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
        if (!ack) {
            return super.writePing(ctx, false, data, promise);
        }
        ChannelFuture written = super.writePing(ctx, true, data, promise.unvoid());
        onControlFrame(ctx, written);
        return written;
    }

    @Override
    public ChannelFuture writeRstStream(
            ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        ChannelFuture written = super.writeRstStream(ctx, streamId, errorCode, promise.unvoid());
        onControlFrame(ctx, written);
        if (isProvoked(errorCode) && guard.isProvokedTooOften()) {
            trip(ctx, Http2Flood.PROVOKED_RESETS);
        }
        return written;
    }

    /** Streams end without any fault of the client, too: an upstream broke off, an answer was complete early. */
    private static boolean isProvoked(long errorCode) {
        return errorCode != Http2Error.NO_ERROR.code()
                && errorCode != Http2Error.CANCEL.code()
                && errorCode != Http2Error.INTERNAL_ERROR.code();
    }

    private void onControlFrame(ChannelHandlerContext ctx, ChannelFuture written) {
        if (written.isDone()) {
            return;
        }
        queued++;
        written.addListener(onWritten);
        if (queued > guard.maxQueuedControlFrames()) {
            ctx.flush();
            if (queued > guard.maxQueuedControlFrames()) {
                trip(ctx, Http2Flood.UNREAD_ANSWERS);
            }
        }
    }

    private void onWritten(ChannelFuture written) {
        queued--;
    }

    private void trip(ChannelHandlerContext ctx, Http2Flood kind) {
        if (!guard.isTripped() && lifecycle != null) {
            Http2Exception cause = guard.trip(kind);
            lifecycle.onError(ctx, true, cause);
        }
    }
}
