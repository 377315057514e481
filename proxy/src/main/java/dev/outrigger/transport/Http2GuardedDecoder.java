package dev.outrigger.transport;

import dev.outrigger.record.Http2Flood;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows {@link Http2FloodGuard} what a client sends. */
final class Http2GuardedDecoder extends DecoratingHttp2ConnectionDecoder {
    private final Http2FloodGuard guard;
    private @Nullable Http2FrameListener plain;

    Http2GuardedDecoder(Http2ConnectionDecoder decoder, Http2FloodGuard guard) {
        super(decoder);
        this.guard = guard;
    }

    @Override
    public void frameListener(Http2FrameListener listener) {
        plain = listener;
        super.frameListener(new Guarding(listener));
    }

    @Override
    public @Nullable Http2FrameListener frameListener() {
        return plain;
    }

    @Override
    public void decodeFrame(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Http2Exception {
        try {
            super.decodeFrame(ctx, in, out);
        } catch (Http2Exception e) {
            // The reader itself counts nothing but the pieces of a head.
            if (e.error() == Http2Error.ENHANCE_YOUR_CALM && !guard.isTripped()) {
                throw guard.trip(Http2Flood.CONTINUATIONS);
            }
            throw e;
        }
    }

    private final class Guarding extends Http2FrameListenerDecorator {
        Guarding(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) throws Http2Exception {
            guard.onReset();
            super.onRstStreamRead(ctx, streamId, errorCode);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            guard.onPing();
            super.onPingRead(ctx, data);
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) throws Http2Exception {
            guard.onSettings();
            super.onSettingsRead(ctx, settings);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream)
                throws Http2Exception {
            guard.onData(!endOfStream && !data.isReadable());
            return super.onDataRead(ctx, streamId, data, padding, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream)
                throws Http2Exception {
            guard.onData(false);
            super.onHeadersRead(ctx, streamId, headers, padding, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int streamDependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream)
                throws Http2Exception {
            guard.onData(false);
            super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, endOfStream);
        }
    }
}
