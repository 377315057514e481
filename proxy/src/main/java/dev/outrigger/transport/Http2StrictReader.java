package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells what is wrong with a head on a stream that can have none, where Netty has forgotten the stream or blames something
 * else (RFC 9113 §5.1, §5.1.1): a stream that the client has ended, and an id that it has passed over.
 *
 * <p>Knows the last streams only, and speaks of no other: what a client sends on a stream that was reset may have crossed the
 * reset, and an old one is beyond judgement.
 */
final class Http2StrictReader implements Http2FrameReader {
    /** Bits of {@link #ended}. */
    private static final int REMEMBERED = 64;

    private final Http2FrameReader reader;
    private final Http2Connection connection;
    /** The last streams opened, at their number modulo the length; ids rise from one to the next. */
    private final int[] opened = new int[REMEMBERED];

    private int openedCount;
    /** A bit for each of these that the client has ended. */
    private long ended;

    private @Nullable Http2FrameListener wrapped;
    private @Nullable Http2FrameListener wrapping;

    Http2StrictReader(Http2FrameReader reader, Http2Connection connection) {
        this.reader = reader;
        this.connection = connection;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        Http2FrameListener strict = wrapping;
        if (strict == null || listener != wrapped) {
            strict = new Strict(listener);
            wrapped = listener;
            wrapping = strict;
        }
        reader.readFrame(ctx, input, strict);
    }

    @Override
    public Configuration configuration() {
        return reader.configuration();
    }

    @Override
    public void close() {
        reader.close();
    }

    private void onHead(int streamId, boolean ends) throws Http2Exception {
        int last = openedCount == 0 ? 0 : opened[(openedCount - 1) % REMEMBERED];
        if (streamId > last) {
            int at = openedCount % REMEMBERED;
            opened[at] = streamId;
            openedCount++;
            ended &= ~(1L << at);
        } else {
            checkKnown(streamId);
        }
        if (ends) {
            onEnd(streamId);
        }
    }

    private void checkKnown(int streamId) throws Http2Exception {
        int at = find(streamId);
        if (at < 0) {
            boolean allKnown = openedCount <= REMEMBERED;
            if (allKnown || streamId > opened[openedCount % REMEMBERED]) {
                throw Http2Exception.connectionError(
                        Http2Error.PROTOCOL_ERROR, "stream %d: a later one is open already", streamId);
            }
        } else if ((ended & 1L << at) != 0) {
            Http2Stream stream = connection.stream(streamId);
            throw stream == null
                    ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "stream %d is closed", streamId)
                    : Http2Exception.streamError(streamId, Http2Error.STREAM_CLOSED, "stream %d has ended", streamId);
        }
    }

    private void onEnd(int streamId) {
        int at = find(streamId);
        if (at >= 0) {
            ended |= 1L << at;
        }
    }

    private int find(int streamId) {
        for (int i = 0; i < Math.min(openedCount, REMEMBERED); i++) {
            if (opened[i] == streamId) {
                return i;
            }
        }
        return -1;
    }

    private final class Strict extends Http2FrameListenerDecorator {
        Strict(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean ends)
                throws Http2Exception {
            if (ends) {
                onEnd(streamId);
            }
            return super.onDataRead(ctx, streamId, data, padding, ends);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean ends)
                throws Http2Exception {
            onHead(streamId, ends);
            super.onHeadersRead(ctx, streamId, headers, padding, ends);
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
                boolean ends)
                throws Http2Exception {
            onHead(streamId, ends);
            super.onHeadersRead(ctx, streamId, headers, streamDependency, weight, exclusive, padding, ends);
        }
    }
}
