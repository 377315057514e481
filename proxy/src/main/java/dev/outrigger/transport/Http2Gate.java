package dev.outrigger.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;

/**
 * Stands between the frame codec and the socket, and shuts when the last GOAWAY is written: nothing is read from then on,
 * and so nothing acknowledged or reset behind the end.
 *
 * <p>Not only because nobody would read it. The output is shut down as soon as the end is written, and a write that io_uring
 * has under way then loses its buffer to that.
 */
final class Http2Gate extends ChannelDuplexHandler {
    private boolean shut;

    void shut() {
        shut = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (shut) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** The empty buffer marks the end of what was written before, and adds nothing. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!shut || message == Unpooled.EMPTY_BUFFER) {
            ctx.write(message, promise);
            return;
        }
        ReferenceCountUtil.release(message);
        if (!promise.isVoid()) {
            promise.tryFailure(new ClosedChannelException());
        }
    }
}
