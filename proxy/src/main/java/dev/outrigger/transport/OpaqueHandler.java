package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes mean nothing to the proxy, a client's or an upstream's: turns what the socket reads into calls on a
 * {@link ByteSink}, and keeps its two directions apart, so that one can end while the other goes on.
 *
 * <p>Each read is asked for once the one before has been passed on, instead of switching reading off and on as
 * {@link ReadSwitch} does: no decoder stands between that would have more to give than was asked for.
 *
 * <p>The sink is opened when the connection is active and this handler in its pipeline, whichever comes last.
 */
final class OpaqueHandler extends ChannelInboundHandlerAdapter implements ByteStream {
    private final Function<ByteStream, ByteSink> opener;
    private final BiConsumer<String, Throwable> defects;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteSink sink;
    /** Reset before there was anything to reset. */
    private boolean givenUp;

    private boolean paused;
    private boolean inputEnded;
    private boolean outputEnding;
    private boolean outputEnded;

    /**
     * @param opener makes the sink of this stream
     * @param defects told of exceptions that are not the network's (where, what)
     */
    OpaqueHandler(Function<ByteStream, ByteSink> opener, BiConsumer<String, Throwable> defects) {
        this.opener = opener;
        this.defects = defects;
    }

    // ---- from the socket

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (givenUp) {
            ctx.close();
            return;
        }
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        ctx.channel().config().setAutoRead(false);
        if (ctx.channel().isActive()) {
            open();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        open();
        ctx.fireChannelActive();
    }

    private void open() {
        if (sink == null) {
            sink = opener.apply(this);
            readOn();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteSink current = sink;
        if (current != null && message instanceof ByteBuf bytes) {
            current.onBytes(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ByteSink current = sink;
        if (current != null) {
            current.onReadComplete();
        }
        readOn();
    }

    private void readOn() {
        if (!paused && !inputEnded && context != null) {
            context.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ByteSink current = sink;
        if (current != null) {
            current.onWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ByteSink current = sink;
        if (event instanceof ChannelInputShutdownEvent || event == SslCloseCompletionEvent.SUCCESS) {
            onInputEnded(current);
        } else if (event == DrainEvent.DEADLINE && current != null) {
            current.onDrainDeadline();
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onInputEnded(@Nullable ByteSink current) {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (current != null) {
            current.onInputEnded();
        }
        closeIfOver();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ByteSink current = sink;
        sink = null;
        if (current != null) {
            current.onClosed(!(inputEnded && outputEnded));
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            defects.accept("opaque connection", cause);
        }
        ctx.close();
    }

    // ---- from the relay

    @Override
    public void write(ByteBuf bytes) {
        if (outputEnding) {
            bytes.release();
            return;
        }
        ctx().write(bytes, ctx().voidPromise());
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
        paused = true;
    }

    @Override
    public void resumeReading() {
        if (paused) {
            paused = false;
            readOn();
        }
    }

    @Override
    public void endOutput() {
        if (outputEnding) {
            return;
        }
        outputEnding = true;
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                shutdownOutput();
            } else {
                ctx().close();
            }
        });
    }

    private void shutdownOutput() {
        if (ctx().channel() instanceof DuplexChannel duplex && !inputEnded) {
            SslHandler tls = ctx().pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.closeOutbound();
            }
            duplex.shutdownOutput().addListener(done -> {
                outputEnded = true;
                closeIfOver();
            });
        } else {
            // Both directions are over: closing says what a shutdown would have said.
            outputEnded = true;
            closeIfOver();
        }
    }

    private void closeIfOver() {
        if (inputEnded && outputEnded) {
            ctx().close();
        }
    }

    @Override
    public void reset() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            givenUp = true;
        } else if (ctx.channel().isOpen()) {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx.channel().close();
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
