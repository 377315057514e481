package dev.outrigger.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;

/**
 * Tells a connection on io_uring that its reading has come to an end where Netty (4.2.18) forgets to. A connection that is
 * not to be read has its receive cancelled; what the kernel had completed before that is still passed on, but if that left
 * the loop of reads open, the cancellation ends the loop without {@code channelReadComplete}. Nobody then flushes what was
 * passed on or asks for the next read, and with the one waiting for the other, the connection stands still for ever.
 *
 * <p>It stands around what Netty handles completions with, and first in the pipeline to know whether the loop is open: one
 * more {@code channelReadComplete} than there are loops would make decoders read although they are to pause.
 */
@SuppressWarnings("try") // that close() may throw anything is the interface's
final class CancelledReads extends ChannelInboundHandlerAdapter implements IoUringIoHandle {
    /** {@code IORING_OP_RECV} of the kernel. */
    static final byte RECEIVE = 27;

    private final IoUringIoHandle handle;
    private final Channel channel;
    /** Whether bytes have been passed on since the last {@code channelReadComplete}. */
    private boolean open;

    /** @param handle Netty's, of {@code channel} */
    CancelledReads(IoUringIoHandle handle, Channel channel) {
        this.handle = handle;
        this.channel = channel;
    }

    // ---- from the ring

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        // Netty uses the event again.
        boolean withoutBytes = completion.opcode() == RECEIVE && completion.res() < 0;
        handle.handle(registration, event);
        if (withoutBytes && open) {
            channel.pipeline().fireChannelReadComplete();
        }
    }

    @Override
    public void registered() {
        handle.registered();
    }

    @Override
    public void unregistered() {
        handle.unregistered();
    }

    @Override
    public void close() throws Exception {
        handle.close();
    }

    // ---- from the pipeline

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        open = true;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        open = false;
        ctx.fireChannelReadComplete();
    }
}
