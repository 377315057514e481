package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** An upgrade towards an upstream that speaks HTTP/2. */
class Http2SwitchTest {
    private static HttpRequest request(HttpMethod method, String upgrade) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/");
        request.headers()
                .set(HttpHeaderNames.CONNECTION, "upgrade")
                .set(HttpHeaderNames.UPGRADE, upgrade)
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        return request;
    }

    private static HttpResponse answer(HttpRequest request) {
        return Objects.requireNonNull(Http2Switch.of(request))
                .answer(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    /** The example of RFC 6455 §1.3. */
    @Test
    void theAnswerToAWebSocketHasTheProofThatItsClientAsksFor() {
        HttpResponse answer = answer(request(HttpMethod.GET, "websocket"));
        assertEquals(HttpResponseStatus.SWITCHING_PROTOCOLS, answer.status());
        assertEquals("websocket", answer.headers().get(HttpHeaderNames.UPGRADE));
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.headers().get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    }

    @Test
    void anotherProtocolHasNoSuchProof() {
        HttpResponse answer = answer(request(HttpMethod.GET, "chat"));
        assertEquals("chat", answer.headers().get(HttpHeaderNames.UPGRADE));
        assertNull(answer.headers().get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    }

    @Test
    void ofSeveralProtocolsTheFirstIsAskedFor() {
        HttpRequest request = request(HttpMethod.GET, "websocket, chat");
        assertTrue(Objects.requireNonNull(Http2Switch.of(request)).isExtended());
        assertEquals("websocket", request.headers().get(HttpHeaderNames.UPGRADE));
    }

    @Test
    void anUpgradeWithABodyIsLeftOut() {
        HttpRequest request = request(HttpMethod.POST, "chat");
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, 3);
        assertNull(Http2Switch.of(request));
        assertFalse(request.headers().contains(HttpHeaderNames.UPGRADE));
    }

    @Test
    void aConnectIsAnsweredAsItIs() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "a:443");
        assertFalse(Objects.requireNonNull(Http2Switch.of(request)).isExtended());
        assertEquals(HttpResponseStatus.OK, answer(request).status());
    }
}
