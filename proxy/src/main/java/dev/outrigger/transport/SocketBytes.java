package dev.outrigger.transport;

import dev.outrigger.http.TunnelSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * A whole connection that has left HTTP/1.1, to either side; takes the place of the codec.
 *
 * <p>The end of one direction leaves the other open, as TCP does and TLS may. One that is lost halfway is told of by a reset,
 * since without messages nothing else distinguishes it from one that has ended.
 */
final class SocketBytes extends TunnelHandler {
    private final ReadSwitch reads;
    private final Runnable onOver;

    private SocketBytes(ReadSwitch reads, Runnable onOver) {
        this.reads = reads;
        this.onOver = onOver;
    }

    /**
     * Takes over.
     *
     * @param http what gives way, the nearest to the owner first; what it still holds is passed on
     * @param owner of the connection
     * @param onOver run when both directions have ended in order, before the connection closes
     */
    static SocketBytes insteadOf(
            List<Class<? extends ChannelHandler>> http,
            ChannelHandlerContext owner,
            ReadSwitch reads,
            Runnable onOver) {
        SocketBytes made = new SocketBytes(reads, onOver);
        ChannelPipeline pipeline = owner.pipeline();
        pipeline.addBefore(owner.name(), null, made);
        http.forEach(pipeline::remove);
        owner.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        reads.resume(ReadSwitch.SWITCHING);
        return made;
    }

    // ---- from the tunnel

    @Override
    void onOver() {
        onOver.run();
    }

    @Override
    public void write(ByteBuf bytes) {
        ctx().write(bytes, ctx().voidPromise());
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
    public void end() {
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && ctx().channel().isActive()) {
                shutdownOutput().addListener(done -> onOutputEnded());
            }
        });
    }

    private ChannelFuture shutdownOutput() {
        Channel channel = ctx().channel();
        SslHandler tls = ctx().pipeline().get(SslHandler.class);
        if (tls != null) {
            return tls.closeOutbound();
        }
        return channel instanceof DuplexChannel duplex ? duplex.shutdownOutput() : channel.newSucceededFuture();
    }

    /** Ends both directions so that the peer sees that something is missing. */
    void reset() {
        if (ctx().channel().isOpen()) {
            ctx().channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx().close();
        }
    }

    // ---- from the socket

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf) {
            pass(message);
        } else {
            // What the codec makes of the end of a message that has none.
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    void pass(Object message, TunnelSink taker) {
        taker.onBytes((ByteBuf) message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event == SslCloseCompletionEvent.SUCCESS) {
            onInputEnded();
        }
        ctx.fireUserEventTriggered(event);
    }
}
