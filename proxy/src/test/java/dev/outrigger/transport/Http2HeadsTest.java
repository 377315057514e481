package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of HTTP/2 in HTTP/1.1's words and back. */
class Http2HeadsTest {
    @Test
    void aRequestKeepsItsMethodTargetAndHeadersAndGetsAHost() {
        HttpRequest request = Http2Heads.toRequest(get().add("accept", "text/plain"), true);
        assertTrue(request.decoderResult().isSuccess());
        assertEquals(HttpVersion.HTTP_1_1, request.protocolVersion());
        assertEquals(HttpMethod.GET, request.method());
        assertEquals("/a?b", request.uri());
        assertEquals("example.com:81", request.headers().get("host"));
        assertEquals("text/plain", request.headers().get("accept"));
        assertEquals(2, request.headers().size());
    }

    @Test
    void cookieCrumbsAreJoinedAndTrailersMayBeAskedFor() {
        HttpRequest request = Http2Heads.toRequest(
                get().add("cookie", "a=1").add("te", "trailers").add("cookie", "b=2"), true);
        assertEquals(List.of("a=1; b=2"), request.headers().getAll("cookie"));
        assertEquals("trailers", request.headers().get("te"));
    }

    @Test
    void aBodyOfUnknownLengthIsChunkedAndNoBodySaysSo() {
        assertEquals("chunked", Http2Heads.toRequest(post(), false).headers().get("transfer-encoding"));
        assertEquals("0", Http2Heads.toRequest(post(), true).headers().get("content-length"));
        HttpHeaders known =
                Http2Heads.toRequest(post().add("content-length", "7"), false).headers();
        assertEquals("7", known.get("content-length"));
        assertFalse(known.contains("transfer-encoding"));
    }

    @Test
    void aHostThatAgreesWithTheAuthorityIsOneHost() {
        HttpRequest request = Http2Heads.toRequest(get().add("host", "EXAMPLE.com:81"), true);
        assertTrue(request.decoderResult().isSuccess());
        assertEquals(List.of("example.com:81"), request.headers().getAll("host"));
        Http2Headers without = get();
        without.remove(":authority");
        assertEquals(
                "other",
                Http2Heads.toRequest(without.add("host", "other"), true)
                        .headers()
                        .get("host"));
    }

    @ParameterizedTest
    @CsvSource({
        "host, elsewhere.com",
        "connection, close",
        "transfer-encoding, chunked",
        "upgrade, h2c",
        "keep-alive, 1",
        "proxy-connection, close",
        "http2-settings, AAM",
        "te, gzip",
        ":status, 200",
        ":unknown, 1",
        ":protocol, websocket",
        ":path, /second",
        ":method, POST",
        ":scheme, https",
        ":authority, elsewhere.com",
    })
    void whatTwoReadersCouldUnderstandDifferentlyIsMalformed(String name, String value) {
        assertMalformed(get().add(name, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\0b", " a", "a ", "\ta"})
    void aValueThatWouldBeMoreThanOneLineIsMalformed(String value) {
        assertMalformed(get().add("x", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:b", "a\r\n", "a\0", ""})
    void aNameThatIsNoTokenIsMalformed(String name) {
        assertMalformed(get().add(name, "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {":method", ":scheme", ":path"})
    void aPseudoHeaderThatIsMissingOrEmptyIsMalformed(String name) {
        Http2Headers without = get();
        without.remove(name);
        assertMalformed(without);
        assertMalformed(get().set(name, ""));
    }

    @Test
    void aMethodThatIsNoTokenIsMalformed() {
        assertMalformed(get().set(":method", "GET / HTTP/1.1"));
    }

    @Test
    void connectNamesAnAuthorityAndNothingElse() {
        Http2Headers connect = new DefaultHttp2Headers(false).method("CONNECT").authority("db:5432");
        HttpRequest request = Http2Heads.toRequest(connect, false);
        assertEquals(HttpMethod.CONNECT, request.method());
        assertEquals("db:5432", request.uri());
        assertFalse(request.headers().contains("transfer-encoding"));
        assertMalformed(new DefaultHttp2Headers(false)
                .method("CONNECT")
                .authority("db:1")
                .path("/"));
        assertMalformed(new DefaultHttp2Headers(false).method("CONNECT"));
    }

    @Test
    void anExtendedConnectAsksForAnUpgrade() {
        Http2Headers connect = get().set(":method", "CONNECT").add(":protocol", "websocket");
        HttpRequest request = Http2Heads.toRequest(connect, false);
        assertEquals(HttpMethod.GET, request.method());
        assertEquals("/a?b", request.uri());
        assertEquals("upgrade", request.headers().get("connection"));
        assertEquals("websocket", request.headers().get("upgrade"));
        assertFalse(request.headers().contains("transfer-encoding"));
    }

    @Test
    void anUpgradeBecomesAnExtendedConnect() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/chat");
        request.headers()
                .set("Host", "a")
                .set("Connection", "Upgrade")
                .set("Upgrade", "websocket")
                .set("Sec-WebSocket-Key", "x")
                .set("Sec-WebSocket-Version", "13");
        Http2Headers headers = Http2Heads.toRequestHeaders(request, "https");
        assertEquals("CONNECT", headers.method().toString());
        assertEquals("websocket", text(headers, ":protocol"));
        assertEquals("https", headers.scheme().toString());
        assertEquals("/chat", headers.path().toString());
        assertEquals("13", text(headers, "sec-websocket-version"));
        assertEquals(6, headers.size(), headers.toString());
    }

    @Test
    void aRequestLosesWhatBelongsToOneConnection() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/a");
        request.headers()
                .set("Host", "a:1")
                .set("Connection", "keep-alive")
                .set("Keep-Alive", "1")
                .set("Transfer-Encoding", "chunked")
                .set("TE", "trailers")
                .set("X-Mixed", "Y");
        Http2Headers headers = Http2Heads.toRequestHeaders(request, "http");
        assertEquals("POST", headers.method().toString());
        assertEquals("a:1", headers.authority().toString());
        assertEquals("trailers", text(headers, "te"));
        assertEquals("Y", text(headers, "x-mixed"));
        assertEquals(6, headers.size(), headers.toString());
    }

    @Test
    void anAnswerGoesThereAndBack() {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND);
        response.headers()
                .set("Content-Length", 3)
                .set("Transfer-Encoding", "chunked")
                .add("Set-Cookie", "a")
                .add("Set-Cookie", "b");
        Http2Headers headers = Http2Heads.toResponseHeaders(response);
        assertEquals("404", headers.status().toString());
        assertNull(headers.get("transfer-encoding"));
        HttpResponse back = Http2Heads.toResponse(headers);
        assertEquals(HttpResponseStatus.NOT_FOUND, back.status());
        assertEquals("3", back.headers().get("content-length"));
        assertEquals(List.of("a", "b"), back.headers().getAll("set-cookie"));
    }

    @Test
    void aSwitchOfProtocolsIsASuccess() {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        response.headers()
                .set("Connection", "upgrade")
                .set("Upgrade", "websocket")
                .set("Sec-WebSocket-Accept", "x")
                .set("Sec-WebSocket-Protocol", "mcp");
        Http2Headers headers = Http2Heads.toResponseHeaders(response);
        assertEquals("200", headers.status().toString());
        assertEquals("mcp", text(headers, "sec-websocket-protocol"));
        assertEquals(2, headers.size(), headers.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "99", "1000", "-20"})
    void anAnswerWithoutAProperStatusIsMalformed(String status) {
        assertTrue(Http2Heads.toResponse(new DefaultHttp2Headers(false).status(status))
                .decoderResult()
                .isFailure());
    }

    @Test
    void trailersGoThereAndBackWithoutWhatFramesAMessage() {
        HttpHeaders trailers = new DefaultHttpHeaders()
                .set("Grpc-Status", "0")
                .set("Content-Length", "5")
                .set("Transfer-Encoding", "chunked")
                .set("Host", "a");
        Http2Headers there = Http2Heads.toTrailers(trailers);
        assertEquals("0", text(there, "grpc-status"));
        assertEquals(1, there.size());
        HttpHeaders back = Http2Heads.toTrailers(there.add("host", "a").add("content-length", "5"));
        assertNotNull(back);
        assertEquals("0", back.get("grpc-status"));
        assertEquals(1, back.size());
        assertNull(Http2Heads.toTrailers(new DefaultHttp2Headers(false).add(":path", "/")));
        assertNull(Http2Heads.toTrailers(new DefaultHttp2Headers(false).add("x", "a\r\nb: c")));
    }

    private static void assertMalformed(Http2Headers headers) {
        HttpRequest request = Http2Heads.toRequest(headers, true);
        assertTrue(request.decoderResult().isFailure(), request.toString());
    }

    private static Http2Headers get() {
        return new DefaultHttp2Headers(false)
                .method("GET")
                .scheme("http")
                .authority("example.com:81")
                .path("/a?b");
    }

    private static Http2Headers post() {
        return new DefaultHttp2Headers(false)
                .method("POST")
                .scheme("http")
                .authority("a")
                .path("/");
    }

    private static String text(Http2Headers headers, String name) {
        return Objects.requireNonNull(headers.get(name), name).toString();
    }
}
