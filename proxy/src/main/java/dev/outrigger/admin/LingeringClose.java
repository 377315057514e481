package dev.outrigger.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection so that the client can read the last answer: says that nothing more comes, throws away what the client
 * still sends, and closes when it stops. Closing a socket with unread bytes makes the kernel send a reset, which takes an
 * answer that was not read yet with it (RFC 9112 §9.6); exactly the answers to malformed and oversized requests would be lost.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody can do anything about a close that fails
final class LingeringClose extends ChannelInboundHandlerAdapter {
    /** Enough for what is under way on any network; a client that goes on sending is not waited for. */
    private static final long LONGEST_MILLIS = 1_000;

    private @Nullable Future<?> deadline;

    private LingeringClose() {}

    /** @param inputEnded whether the client has already said that it sends no more */
    static void begin(Channel channel, boolean inputEnded) {
        if (inputEnded || !(channel instanceof DuplexChannel duplex)) {
            channel.close();
            return;
        }
        channel.pipeline().addFirst(new LingeringClose());
        duplex.shutdownOutput();
        channel.config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor().schedule((Runnable) ctx::close, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        ctx.fireChannelInactive();
    }
}
