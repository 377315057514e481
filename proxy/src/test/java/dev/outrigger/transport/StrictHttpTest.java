package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoder and rules together: what is refused, with which status, whole and split at every byte. */
class StrictHttpTest {
    private static final HttpLimits LIMITS = new HttpLimits(256, 1024, 10);
    private static final String HOST = "Host: a\r\n";

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(400, "GET / HTTP/1.1\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"),
                Arguments.of(400, "GET http://b/ HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET ftp://a/ HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET a HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET * HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /#f HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /\u0080 HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET  / HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /  HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET\t/ HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1 \r\n" + HOST + "\r\n"),
                Arguments.of(400, " GET / HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X: a\r\n b\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X: a\r\n\tb\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n X: a\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X : a\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X a\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X: a\u0000b\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + "X: a\rb\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +1\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Content-Length: -1\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1, 1\r\n\r\n"),
                Arguments.of(
                        400, "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n"),
                Arguments.of(
                        400,
                        "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n"),
                Arguments.of(400, "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n"),
                Arguments.of(417, "POST / HTTP/1.1\r\n" + HOST + "Expect: 200-maybe\r\nContent-Length: 1\r\n\r\n"),
                Arguments.of(405, "CONNECT a:1 HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(505, "GET / HTTP/1.9\r\n" + HOST + "\r\n"),
                Arguments.of(505, "GET / HTTP/2.0\r\n" + HOST + "\r\n"),
                Arguments.of(414, "GET /" + "a".repeat(300) + " HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(431, "GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(1100) + "\r\n\r\n"),
                Arguments.of(431, "GET / HTTP/1.1\r\n" + HOST + "X: a\r\n".repeat(10) + "\r\n"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refuses(int status, String head) {
        RequestRules.Refusal refusal = judge(head, head.length());
        assertNotNull(refusal, head);
        assertEquals(status, refusal.status().code(), refusal.detail());
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWhateverTheReadsBring(int status, String head) {
        for (int size : new int[] {1, 2, 3, 7, 64}) {
            RequestRules.Refusal refusal = judge(head, size);
            assertNotNull(refusal, head);
            assertEquals(status, refusal.status().code(), () -> "in pieces of " + size + ": " + head);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                "FROB / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
                "GET /a%20b?c=d&e={f} HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t z \r\n\r\n",
            })
    void accepts(String head) {
        for (int size = 1; size <= head.length(); size++) {
            assertNull(judge(head, size), head);
        }
    }

    @ParameterizedTest
    @CsvSource({"http://a/b?c, /b?c", "http://A?c, /?c", "HTTP://a, /", "https://a/b, /b"})
    void absoluteFormBecomesOriginForm(String absolute, String origin) {
        HttpRequest request = read("GET " + absolute + " HTTP/1.1\r\nHost: a\r\n\r\n", 1000);
        assertNull(new RequestRules(LIMITS).check(request));
        assertEquals(origin, request.uri());
    }

    @Test
    void theSecondOfTwoPipelinedHeadsIsHeldToTheSameRules() {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1RequestDecoder(LIMITS));
        channel.writeInbound(Unpooled.copiedBuffer(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\r\n x"
                        + "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
                StandardCharsets.US_ASCII));
        HttpRequest first = channel.readInbound();
        assertNull(new RequestRules(LIMITS).check(first), "a blank line start inside a body is the body's business");
        ReferenceCountUtil.release(channel.readInbound());
        HttpRequest second = channel.readInbound();
        assertNotNull(new RequestRules(LIMITS).check(second));
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsReadBehindARefusedHead() {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1RequestDecoder(LIMITS));
        channel.writeInbound(Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                StandardCharsets.US_ASCII));
        HttpRequest refused = channel.readInbound();
        assertTrue(refused.decoderResult().isFailure());
        assertNull(channel.readInbound());
        channel.finishAndReleaseAll();
    }

    private static RequestRules.@Nullable Refusal judge(String head, int pieceBytes) {
        return new RequestRules(LIMITS).check(read(head, pieceBytes));
    }

    private static HttpRequest read(String head, int pieceBytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1RequestDecoder(LIMITS));
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(pieceBytes, bytes.length - at)));
        }
        HttpRequest request = channel.readInbound();
        assertNotNull(request, head);
        channel.finishAndReleaseAll();
        return request;
    }
}
