package dev.outrigger.transport;

import dev.outrigger.http.TunnelSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;

/**
 * A stream of HTTP/2 after CONNECT or extended CONNECT (RFC 9113 §8.5, RFC 8441), to either side: its DATA frames are the
 * bytes.
 *
 * <p>What comes before the answer waits; the stream's window bounds it.
 */
final class Http2Bytes extends TunnelHandler {
    private Http2Bytes() {}

    /**
     * @param owner of the stream
     * @param ended whether the head said that nothing follows
     */
    static Http2Bytes inFrontOf(ChannelHandlerContext owner, boolean ended) {
        Http2Bytes made = new Http2Bytes();
        owner.pipeline().addBefore(owner.name(), null, made);
        if (ended) {
            made.pass(new DefaultHttp2DataFrame(true));
        }
        return made;
    }

    // ---- from the tunnel

    @Override
    public void write(ByteBuf bytes) {
        ctx().write(new DefaultHttp2DataFrame(bytes), ctx().voidPromise());
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

    @Override
    public void end() {
        ctx().writeAndFlush(new DefaultHttp2DataFrame(true)).addListener(written -> {
            if (written.isSuccess()) {
                onOutputEnded();
            }
        });
    }

    // ---- from the stream

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2DataFrame || message instanceof Http2HeadersFrame) {
            pass(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** @param message trailers have no meaning here but the end */
    @Override
    void pass(Object message, TunnelSink taker) {
        boolean last = true;
        if (message instanceof Http2DataFrame data) {
            last = data.isEndStream();
            if (data.content().isReadable()) {
                taker.onBytes(data.content());
            } else {
                data.release();
            }
        }
        if (last) {
            onInputEnded();
        }
    }
}
