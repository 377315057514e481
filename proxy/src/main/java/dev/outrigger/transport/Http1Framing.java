package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** How the end of an answer is told to a client (RFC 9112 §6.3): by its length, in chunks, or by the connection's end. */
final class Http1Framing {
    private Http1Framing() {}

    /**
     * Frames an answer that has no hop-by-hop headers any more.
     *
     * @param http10 the client knows no chunks
     * @return whether the end of the connection has to end the answer
     */
    static boolean frame(HttpResponse head, boolean http10) {
        if (!head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            head.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        HttpHeaders headers = head.headers();
        int status = head.status().code();
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || status == 204 || status == 304) {
            return false;
        }
        if (http10) {
            return true;
        }
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        return false;
    }

    /** The whole answer to a request that was refused before it became an exchange; the connection ends with it. */
    static FullHttpResponse refusal(ByteBufAllocator alloc, HttpResponseStatus status, String detail) {
        ByteBuf body = ByteBufUtil.writeUtf8(alloc, detail + '\n');
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                body,
                DefaultHttpHeadersFactory.headersFactory().newHeaders(),
                EmptyHttpHeaders.INSTANCE);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
