package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.http.RequestTarget;
import dev.outrigger.record.RefusalReason;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Set;
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
                Arguments.of(
                        417,
                        "POST / HTTP/1.1\r\n" + HOST
                                + "Expect: 100-continue\r\nExpect: x\r\nContent-Length: 1\r\n\r\n"),
                Arguments.of(400, "GET / http/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / Http/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(405, "CONNECT a:1 HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /a%00 HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /a%zz HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /../a HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET http://a/%2e%2e/ HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /a\\b HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET /\u0001 HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1 x\r\n" + HOST + "\r\n"),
                Arguments.of(400, "G<T / HTTP/1.1\r\n" + HOST + "\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n" + HOST + ": a\r\n\r\n"),
                Arguments.of(431, "GET / HTTP/1.1\r\n" + HOST + ("a:\r\n").repeat(20) + "\r\n"),
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
        assertNull(new RequestRules(LIMITS, Rules.STRICT, false).check(request));
        assertEquals(origin, request.uri());
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/b/../c?d=/../e, http://a/c?d=/../e",
        "https://a, https://a/",
        "HTTP://A?c, HTTP://A/?c",
        "/%61, /a"
    })
    void aProxyThatWasAskedForIsToldWhomToAsk(String target, String kept) {
        HttpRequest request = read("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", 1000);
        assertNull(new RequestRules(LIMITS, Rules.STRICT, true).check(request));
        assertEquals(kept, request.uri());
        assertEquals(kept.substring(kept.indexOf('/', kept.startsWith("/") ? 0 : 8)), RequestTarget.originForm(kept));
    }

    @ParameterizedTest
    @CsvSource({"/a/../b?c=/../d, /b?c=/../d", "/%61//b, /a/b", "http://a/x/%2e%2e/b, /b", "/a%2Fb, /a%2Fb"})
    void routesAndUpstreamsSeeTheNormalPath(String target, String normal) {
        HttpRequest request = read("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n", 1000);
        assertNull(new RequestRules(LIMITS, Rules.STRICT, false).check(request));
        assertEquals(normal, request.uri());
    }

    @Test
    void headersWithAnUnderscoreAreTreatedAsConfigured() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\nx_forwarded_for: 1.2.3.4\r\nX_Y: z\r\nX-Y: z\r\n\r\n";
        HttpRequest allowed = read(head, 1000);
        assertNull(check(allowed, Underscores.ALLOW));
        assertEquals("1.2.3.4", allowed.headers().get("x_forwarded_for"));
        HttpRequest dropped = read(head, 1000);
        assertNull(check(dropped, Underscores.DROP));
        assertEquals(Set.of("Host", "X-Y"), dropped.headers().names());
        RequestRules.Refusal refusal = check(read(head, 1000), Underscores.REJECT);
        assertNotNull(refusal);
        assertEquals(RefusalReason.UNDERSCORE, refusal.reason());
    }

    private static RequestRules.@Nullable Refusal check(HttpRequest request, Underscores underscores) {
        return new RequestRules(LIMITS, Rules.of(EscapedSlashes.KEEP, underscores, 16, 0), false).check(request);
    }

    @ParameterizedTest
    @CsvSource({
        "a:443, a:443, ",
        "a:443, b:443, HOST",
        "a, a, TARGET",
        "a:, a:, TARGET",
        "a:4x, a:4x, TARGET",
        "/a:443, a:443, TARGET",
        "http://a:443, a:443, TARGET"
    })
    void connectNamesAHostAndAPort(String target, String host, @Nullable RefusalReason reason) {
        HttpRulesConfig rules = new HttpRulesConfig(
                true, true, EscapedSlashes.KEEP, Underscores.ALLOW, 16, 0, Rules.SLOW_GRACE, true, 0);
        HttpRequest request = read("CONNECT " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 1000);
        RequestRules.Refusal refusal = new RequestRules(LIMITS, rules, false).check(request);
        assertEquals(reason, refusal == null ? null : refusal.reason());
        assertEquals(target, request.uri());
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1|X: y|', HOST",
        "'GET / HTTP/1.1|Host: a|X : y|', SYNTAX",
        "'GET / HTTP/3.0|Host: a|', VERSION",
        "'GET b HTTP/1.1|Host: a|', TARGET",
        "'GET /%0a HTTP/1.1|Host: a|', PATH",
        "'POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked|', FRAMING",
        "'CONNECT a:1 HTTP/1.1|Host: a:1|', METHOD",
        "'GET / HTTP/1.1|Host: a|Expect: tea|', EXPECTATION",
    })
    void refusalsSayWhy(String head, RefusalReason reason) {
        String text = head.replace("|", "\r\n") + "\r\n";
        RequestRules.Refusal refusal = judge(text, text.length());
        assertNotNull(refusal);
        assertEquals(reason, refusal.reason());
    }

    @Test
    void whatCouldNotBeReadIsKeptToBeShown() {
        Http1RequestDecoder decoder = new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel()));
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\nX", StandardCharsets.US_ASCII));
        assertEquals("X", new String(decoder.incomplete().bytes(), StandardCharsets.US_ASCII));
        channel.writeInbound(Unpooled.copiedBuffer(" : y\r\n\r\n", StandardCharsets.US_ASCII));
        assertEquals("X : y\r\n\r\n", new String(decoder.unread().bytes(), StandardCharsets.US_ASCII));
        assertFalse(decoder.unread().fromRequestLine());
        channel.finishAndReleaseAll();
    }

    @Test
    void aGetMayHaveABody() {
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel())));
        channel.writeInbound(Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
                StandardCharsets.US_ASCII));
        assertNull(new RequestRules(LIMITS, Rules.STRICT, false).check(channel.readInbound()));
        HttpContent body = channel.readInbound();
        assertEquals("abc", body.content().toString(StandardCharsets.US_ASCII));
        body.release();
        HttpRequest next = channel.readInbound();
        assertEquals("/b", next.uri());
        channel.finishAndReleaseAll();
    }

    @Test
    void theSecondOfTwoPipelinedHeadsIsHeldToTheSameRules() {
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel())));
        channel.writeInbound(Unpooled.copiedBuffer(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\r\n x"
                        + "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
                StandardCharsets.US_ASCII));
        HttpRequest first = channel.readInbound();
        assertNull(
                new RequestRules(LIMITS, Rules.STRICT, false).check(first),
                "a blank line start inside a body is the body's business");
        ReferenceCountUtil.release(channel.readInbound());
        HttpRequest second = channel.readInbound();
        assertNotNull(new RequestRules(LIMITS, Rules.STRICT, false).check(second));
        channel.finishAndReleaseAll();
    }

    @Test
    void nothingIsReadBehindARefusedHead() {
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel())));
        channel.writeInbound(Unpooled.copiedBuffer(
                "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
                StandardCharsets.US_ASCII));
        HttpRequest refused = channel.readInbound();
        assertTrue(refused.decoderResult().isFailure());
        assertNull(channel.readInbound());
        channel.finishAndReleaseAll();
    }

    private static RequestRules.@Nullable Refusal judge(String head, int pieceBytes) {
        return new RequestRules(LIMITS, Rules.STRICT, false).check(read(head, pieceBytes));
    }

    private static HttpRequest read(String head, int pieceBytes) {
        EmbeddedChannel channel =
                new EmbeddedChannel(new Http1RequestDecoder(LIMITS, new ReadSwitch(new EmbeddedChannel())));
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
