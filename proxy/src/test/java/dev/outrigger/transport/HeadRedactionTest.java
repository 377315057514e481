package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sees of a refused head: enough to find the sender, and no secret. */
class HeadRedactionTest {
    private static final String SECRET = "tiger";

    @Test
    void aQueryIsLeftOut() {
        assertEquals("GET /a?<11 bytes> HTTP/1.1", HeadRedaction.requestLine(request("/a?token=" + SECRET)));
        assertEquals(
                "GET http://<6 bytes>@b/ HTTP/1.1", HeadRedaction.requestLine(request("http://u" + SECRET + "@b/")));
    }

    @Test
    void headersThatARefusalCanBeAboutAreShown() {
        HttpRequest request = request("/");
        request.headers()
                .add("Host", "a")
                .add("Host", "b")
                .add("Authorization", "Bearer " + SECRET)
                .add("Cookie", "a=" + SECRET)
                .add("X-Api-Key", SECRET)
                .add("Mcp-Session-Id", SECRET)
                .add("x-anything-else", SECRET)
                .add("X-Empty", "");
        assertEquals(
                List.of(
                        "Host: a",
                        "Host: b",
                        "Authorization: <12 bytes>",
                        "Cookie: <7 bytes>",
                        "X-Api-Key: <5 bytes>",
                        "Mcp-Session-Id: <5 bytes>",
                        "x-anything-else: <5 bytes>",
                        "X-Empty: "),
                HeadRedaction.headers(request.headers()));
    }

    @Test
    void whatCouldNotBeReadIsEscaped() {
        assertEquals(
                "GET /\\x00?<3 bytes> HTTP/1.1\\r\\nHost : a\\r\\nX-Key\\t: <5 bytes>\\r\\n",
                text("GET /\0?a=b HTTP/1.1\r\nHost : a\r\nX-Key\t: " + SECRET + "\r\n\r\nbody " + SECRET, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Bearer tiger\r\n",
                "Authorization : Bearer tiger\r\n",
                "Authorization Bearer tiger\r\n",
                " tiger\r\n",
                "X: a\r\n\ttiger\r\n",
                "tiger\r\n",
                "tiger",
                "Cookie:tiger\nX: y",
                "Host\u0000tiger: a\r\n",
                "\r\n\r\ntiger"
            })
    void noFormOfHeaderGivesASecretAway(String lines) {
        assertFalse(text(lines, false).contains(SECRET), text(lines, false));
    }

    @Test
    void bytesThatAreNoTextAreShownAsFarAsTheyAreALine() {
        String shown = text("\u0016\u0003\u0001\u00ff", true);
        assertEquals("\\x16\\x03\\x01\\xff", shown);
    }

    @Test
    void whatIsLongIsShortened() {
        HttpRequest request = request("/" + "a".repeat(5000));
        for (int i = 0; i < 200; i++) {
            request.headers().add("Host", "b".repeat(5000));
        }
        assertTrue(HeadRedaction.requestLine(request).length() < 300);
        List<String> lines = HeadRedaction.headers(request.headers());
        assertEquals(40, lines.size());
        assertTrue(lines.stream().allMatch(line -> line.length() < 300));
    }

    private static HttpRequest request(String target) {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    }

    private static String text(String bytes, boolean fromRequestLine) {
        return HeadRedaction.text(new UnreadHead(bytes.getBytes(StandardCharsets.ISO_8859_1), fromRequestLine));
    }
}
