package dev.outrigger.transport;

import dev.outrigger.http.TunnelSink;
import dev.outrigger.http.TunnelStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One side of a tunnel in the pipeline of what carries it: in front of the handler that had the exchange, which stays and
 * goes on to see what concerns the whole: that it is lost, defects, draining.
 *
 * <p>The two directions end independently; what the end of one is on the wire is the subclass's business.
 */
abstract class TunnelHandler extends ChannelInboundHandlerAdapter implements TunnelStream {
    /** What came before the tunnel began; at most what one read had brought, or what a window lets through. */
    private final ArrayDeque<Object> early = new ArrayDeque<>(0);

    private @Nullable ChannelHandlerContext context;
    private @Nullable TunnelSink sink;
    private boolean began;
    private boolean inputEnded;
    private boolean outputEnded;

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    // ---- from the tunnel

    @Override
    public final void begin(TunnelSink taker) {
        sink = taker;
        began = true;
        Object message;
        while ((message = early.poll()) != null) {
            pass(message);
        }
        resumeReading();
    }

    /** Hands bytes over, or the end of them. */
    abstract void pass(Object message, TunnelSink taker);

    /** Both directions have ended in order. */
    void onOver() {}

    @Override
    public final void flush() {
        ctx().flush();
    }

    @Override
    public final boolean isWritable() {
        return ctx().channel().isWritable();
    }

    @Override
    public final void close() {
        ctx().close();
    }

    // ---- from the wire

    /** @param message holds bytes */
    final void pass(Object message) {
        TunnelSink taker = sink;
        if (!began) {
            early.add(message);
        } else if (taker == null || inputEnded) {
            ReferenceCountUtil.release(message);
        } else {
            pass(message, taker);
        }
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext ctx) {
        TunnelSink taker = sink;
        if (taker != null) {
            taker.onBytesReadComplete();
        }
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
        TunnelSink taker = sink;
        if (taker != null) {
            taker.onWritabilityChanged();
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        sink = null;
        ctx.fireChannelInactive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext ctx) {
        Object message;
        while ((message = early.poll()) != null) {
            ReferenceCountUtil.release(message);
        }
    }

    /** The peer sends nothing more. May be called again. */
    final void onInputEnded() {
        TunnelSink taker = sink;
        if (taker != null && !inputEnded) {
            inputEnded = true;
            taker.onEnd();
            tellIfOver();
        }
    }

    /** The peer has been told that nothing follows, and has been sent everything. */
    final void onOutputEnded() {
        outputEnded = true;
        tellIfOver();
    }

    private void tellIfOver() {
        TunnelSink taker = sink;
        if (isOver() && taker != null) {
            sink = null;
            onOver();
            taker.onOver();
        }
    }

    /** Whether both directions have ended in order, so that nothing is lost with what carries them. */
    final boolean isOver() {
        return inputEnded && outputEnded;
    }

    final ChannelHandlerContext ctx() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }
}
