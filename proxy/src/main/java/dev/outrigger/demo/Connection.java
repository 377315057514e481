package dev.outrigger.demo;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: serves its requests one after the other, so that pipelined ones are answered in order, and tells
 * the answer under way when the client has gone.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody can do anything about a close that fails
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** More than any client pipelines; bounds what one connection can make the server hold. */
    private static final int MAX_WAITING = 16;

    private final McpEndpoint endpoint;
    private final Deque<Request> waiting = new ArrayDeque<>(2);
    private @Nullable HttpAnswer current;

    Connection(McpEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
        if (waiting.size() == MAX_WAITING) {
            ctx.close();
            return;
        }
        waiting.add(Request.of(message));
        serveNext(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.clear();
        if (current != null) {
            current.end();
        }
    }

    /** What breaks here is the socket, a client's doing: there is nobody to answer. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void serveNext(ChannelHandlerContext ctx) {
        if (current != null || !ctx.channel().isActive()) {
            return;
        }
        Request request = waiting.poll();
        if (request == null) {
            return;
        }
        HttpAnswer answer = new HttpAnswer(ctx, request);
        current = answer;
        answer.onEnd(() -> {
            current = null;
            serveNext(ctx);
        });
        if (request.isMalformed()) {
            answer.text(HttpResponseStatus.BAD_REQUEST, "not HTTP/1.1");
        } else {
            endpoint.serve(request, answer);
        }
    }
}
