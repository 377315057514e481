package dev.outrigger.transport;

import dev.outrigger.http.ConnectionEnd;
import dev.outrigger.record.CloseReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets one request through at a time. What a pipelining client sends ahead waits here, decoded, and the socket is not read
 * meanwhile, so that at most what one read had brought is held; of that no more than so many requests. Who sends more ahead
 * gets answers to those, and then the end of the connection, which tells a client to send the rest again (RFC 9112 §9.6).
 */
final class Http1Turnstile extends ChannelInboundHandlerAdapter {
    private final ReadSwitch reads;
    private final ConnectionEnd end;
    private final int maxPipelined;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>(0);
    private @Nullable ChannelHandlerContext context;
    private boolean busy;
    private boolean passing;
    private int waitingRequests;
    private boolean overfull;

    Http1Turnstile(ReadSwitch reads, ConnectionEnd end, int maxPipelined) {
        this.reads = reads;
        this.end = end;
        this.maxPipelined = maxPipelined;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        boolean isRequest = message instanceof HttpRequest;
        if (isRequest && waitingRequests == maxPipelined && (busy || passing)) {
            overfull = true;
            end.because(CloseReason.PIPELINED);
        }
        if (overfull) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (!waiting.isEmpty() || passing || (isRequest && busy)) {
            waiting.add(message);
            waitingRequests += isRequest ? 1 : 0;
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

    /** Whether what is through is the last: whatever came after it was dropped, or will be. */
    boolean isLast() {
        return overfull && waitingRequests == 0;
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
            if (next instanceof HttpRequest) {
                busy = true;
                waitingRequests--;
            }
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
