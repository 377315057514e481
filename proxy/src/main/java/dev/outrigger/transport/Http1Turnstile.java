package dev.outrigger.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets one request through at a time. What a pipelining client sends ahead waits here, decoded, and the socket is not read
 * meanwhile, so that at most what one read had brought is held.
 */
final class Http1Turnstile extends ChannelInboundHandlerAdapter {
    private final ReadSwitch reads;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);
    private @Nullable ChannelHandlerContext context;
    private boolean busy;
    private boolean passing;

    Http1Turnstile(ReadSwitch reads) {
        this.reads = reads;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean isRequest = message instanceof HttpRequest;
        if (!waiting.isEmpty() || passing || (isRequest && busy)) {
            waiting.add(message);
            reads.pause(ReadSwitch.TURN);
            return;
        }
        busy |= isRequest;
        ctx.fireChannelRead(message);
    }

    /** The request that is through has been read and answered: the next may pass. */
    void release() {
        busy = false;
        if (!waiting.isEmpty() && !passing) {
            passWaiting();
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    private void passWaiting() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        passing = true;
        Object next;
        while ((next = waiting.peek()) != null && !(busy && next instanceof HttpRequest)) {
            waiting.poll();
            busy |= next instanceof HttpRequest;
            ctx.fireChannelRead(next);
        }
        passing = false;
        ctx.fireChannelReadComplete();
        if (waiting.isEmpty()) {
            reads.resume(ReadSwitch.TURN);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ctx.fireChannelInactive();
        dropWaiting();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        dropWaiting();
    }

    private void dropWaiting() {
        Object next;
        while ((next = waiting.poll()) != null) {
            ReferenceCountUtil.release(next);
        }
    }
}
