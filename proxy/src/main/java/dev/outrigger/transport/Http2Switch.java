package dev.outrigger.transport;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a request to an HTTP/2 upstream asks to switch to, and the answer in HTTP/1.1's words: an upgrade there is an extended
 * CONNECT here, whose 200 is a 101 (RFC 8441).
 *
 * <p>HTTP/2 has no handshake of WebSocket's own, so a client of HTTP/1.1 gets its proof from here.
 */
final class Http2Switch {
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final @Nullable String protocol;
    private final @Nullable String key;

    private Http2Switch(@Nullable String protocol, @Nullable String key) {
        this.protocol = protocol;
        this.key = key;
    }

    /**
     * Asks for one protocol, as HTTP/2 does, where the request asks for one of several.
     *
     * @return null if it is a request like any other, or has a body, which an extended CONNECT can not have
     */
    static @Nullable Http2Switch of(HttpRequest request) {
        if (request.method().equals(HttpMethod.CONNECT)) {
            return new Http2Switch(null, null);
        }
        HttpHeaders headers = request.headers();
        String upgrade = headers.get(HttpHeaderNames.UPGRADE);
        if (upgrade == null) {
            return null;
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            leaveOut(request);
            return null;
        }
        int comma = upgrade.indexOf(',');
        String first = comma < 0 ? upgrade : upgrade.substring(0, comma).trim();
        headers.set(HttpHeaderNames.UPGRADE, first);
        boolean webSocket = HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(first);
        return new Http2Switch(first, webSocket ? headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY) : null);
    }

    /** Makes the request one like any other: a server may ignore any upgrade. */
    static void leaveOut(HttpRequest request) {
        request.headers().remove(HttpHeaderNames.UPGRADE).remove(HttpHeaderNames.CONNECTION);
    }

    /** Whether it takes a peer that knows extended CONNECT. */
    boolean isExtended() {
        return protocol != null;
    }

    /** @param accepted a 2xx answer of HTTP/2 */
    HttpResponse answer(HttpResponse accepted) {
        String to = protocol;
        if (to == null) {
            return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, accepted.headers());
        }
        HttpHeaders headers = accepted.headers();
        headers.set(HttpHeaderNames.UPGRADE, to);
        if (key != null) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, proof(key));
        }
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, headers);
    }

    private static String proof(String key) {
        try {
            byte[] text = (key + WEBSOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
