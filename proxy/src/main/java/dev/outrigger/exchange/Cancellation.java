package dev.outrigger.exchange;

import dev.outrigger.http.HeaderNames;
import dev.outrigger.mcp.CancelledNotification;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.EndpointPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Tells a server of the old era that nobody waits for an operation any more: {@code notifications/cancelled} in the same
 * session, with the headers of the request that is given up. In that era a closed connection says nothing.
 */
final class Cancellation {
    private static final String REASON = "timeout";

    private final Worker worker;
    private final EndpointPool pool;
    private final HttpRequest request;

    /**
     * @param pool of the replica that has the operation
     * @param request the head of the operation's request, as it was sent
     */
    Cancellation(Worker worker, EndpointPool pool, HttpRequest request) {
        this.worker = worker;
        this.pool = pool;
        this.request = request;
    }

    void send(Call call) {
        ByteBuf body = CancelledNotification.write(ByteBufAllocator.DEFAULT, call.id(), call.id().length, REASON);
        HttpHeaders headers = request.headers().copy();
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        headers.remove(HttpHeaderNames.CONTENT_ENCODING);
        headers.remove(HttpHeaderNames.TRAILER);
        headers.remove(HeaderNames.MCP_METHOD);
        headers.remove(HeaderNames.MCP_NAME);
        headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        SideRequest.send(
                worker.timers(),
                pool,
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, request.uri(), headers),
                body,
                worker.clock().nanoTime());
    }
}
