package dev.outrigger.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Sends a PROXY header as soon as a connection is there, then leaves. First in the pipeline: what follows, a TLS handshake
 * too, begins behind it, even if it is written by whoever hears first of the connection.
 */
final class ProxyHeaderWriter extends ChannelDuplexHandler {
    private final ProxyHeader header;

    ProxyHeaderWriter(ProxyHeader header) {
        this.header = header;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        send(ctx);
        ctx.flush();
        ctx.fireChannelActive();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        send(ctx);
        ctx.write(message, promise);
    }

    private void send(ChannelHandlerContext ctx) {
        if (!ctx.isRemoved()) {
            ctx.write(header.encode(ctx.alloc()), ctx.voidPromise());
            ctx.pipeline().remove(this);
        }
    }
}
