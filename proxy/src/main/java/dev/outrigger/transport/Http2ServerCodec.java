package dev.outrigger.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Netty's frame codec for a client's connection, strict and guarded.
 *
 * <p>Put together here instead of by its builder, which has no place for the guards and does not look at header values. The
 * other difference: a broken connection is reported, not closed at once. Closing with unread frames in the kernel resets the
 * connection, and the client would not learn by the GOAWAY what it did.
 */
final class Http2ServerCodec extends Http2FrameCodec {
    /** Whose connection it is. */
    interface Owner {
        /** It can not go on. */
        void onConnectionBroken(Http2Error error, Throwable cause);

        /** A head was larger than is accepted; it was answered 431. */
        void onHeadTooLarge();
    }

    private @Nullable Owner owner;

    private Http2ServerCodec(
            Http2ConnectionEncoder encoder, Http2ConnectionDecoder decoder, Http2Settings initialSettings) {
        super(encoder, decoder, initialSettings, true, true);
    }

    /** @param headerBytes of one head, as HPACK counts them */
    static Http2ServerCodec of(Http2Limits limits, int headerBytes, Http2FloodGuard guard) {
        Http2Connection connection = new DefaultHttp2Connection(true, 0);
        Http2ConnectionEncoder encoder = new Http2GuardedEncoder(
                new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter()), guard);
        Http2FrameReader reader = new Http2StrictReader(
                new DefaultHttp2FrameReader(
                        new DefaultHttp2HeadersDecoder(true, true, headerBytes), limits.maxContinuations()),
                connection);
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, true, true);
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(limits.maxConcurrentStreams())
                .initialWindowSize(limits.streamWindowBytes())
                .maxHeaderListSize(headerBytes)
                .connectProtocolEnabled(true);
        return new Http2ServerCodec(encoder, new Http2GuardedDecoder(decoder, guard), settings);
    }

    /** Has to be called before it is in a pipeline. */
    void owner(Owner newOwner) {
        owner = newOwner;
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception found) {
        if (owner != null) {
            owner.onConnectionBroken(found == null ? Http2Error.INTERNAL_ERROR : found.error(), cause);
        }
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        if (owner != null) {
            owner.onHeadTooLarge();
        }
        super.handleServerHeaderDecodeSizeError(ctx, stream);
    }
}
