package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.transport.FirstBytes.Speech;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstBytesTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /mcp HTTP/1.0\r\n",
                "M-SEARCH * HTTP/1.1",
                "OPTIONS * HTTP/1.1\r\n",
                "get http://a/b?c=d HTTP/1.",
                "\r\nGET / HTTP/1.1\r\n",
                "CONNECT a:443 HTTP/1.1\r\n",
                "PRI /other HTTP/1.1\r\n",
                "GET /\u00e9 HTTP/1.1\r\n"
            })
    void aRequestLineIsHttp1AndEveryBeginningOfItUndecided(String text) {
        assertEquals(Speech.HTTP1, judge(text));
        int marked = text.indexOf("HTTP/1.") + "HTTP/1.".length();
        for (int length = 0; length < marked; length++) {
            assertEquals(Speech.UNDECIDED, judge(text.substring(0, length)), text.substring(0, length));
        }
    }

    @Test
    void thePrefaceIsHttp2AndEveryBeginningOfItUndecided() {
        assertEquals(Speech.HTTP2, judge(PREFACE));
        assertEquals(Speech.HTTP2, judge(PREFACE + "\0\0\0\4"));
        for (int length = 0; length < PREFACE.length(); length++) {
            assertEquals(Speech.UNDECIDED, judge(PREFACE.substring(0, length)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
                "EHLO client.example.com\r\n",
                "*1\r\n$4\r\nPING\r\n",
                "PING\r\n",
                "\0\0\0\u0008\u0004\u00d2\u0016\u002f",
                "GET /\r\n",
                "GET / HTTP/2.0\r\n",
                "GET / http/1.1\r\n",
                " GET / HTTP/1.1\r\n",
                "GET  / HTTP/1.1\r\n",
                "{\"jsonrpc\":\"2.0\"}",
                "PRI * HTTP/2.0\r\n\r\nXX",
                "A234567890123456789012345678901234 / HTTP/1.1"
            })
    void everythingElseIsOpaqueAtOnce(String text) {
        assertEquals(Speech.OPAQUE, judge(text));
    }

    @Test
    void aHelloIsTlsFromItsSixthByte() {
        byte[] hello = Hellos.of("a.example.com");
        assertEquals(Speech.TLS, FirstBytes.judge(Unpooled.wrappedBuffer(hello)));
        assertEquals(Speech.TLS, FirstBytes.judge(Unpooled.wrappedBuffer(hello, 0, 6)));
        assertEquals(Speech.UNDECIDED, FirstBytes.judge(Unpooled.wrappedBuffer(hello, 0, 5)));
    }

    @Test
    void aRequestLineThatIsLongerThanTheLookIsTakenForOne() {
        assertEquals(Speech.UNDECIDED, judge("GET /" + "a".repeat(FirstBytes.LIMIT_BYTES - 6)));
        assertEquals(Speech.HTTP1, judge("GET /" + "a".repeat(FirstBytes.LIMIT_BYTES)));
    }

    @Test
    void nothingStaysUndecidedBeyondTheLook() {
        assertEquals(Speech.OPAQUE, judge("\r\n".repeat(FirstBytes.LIMIT_BYTES / 2)));
        assertEquals(Speech.OPAQUE, judge("\r\n".repeat(FirstBytes.LIMIT_BYTES / 2) + "GET / HTTP/1.1\r\n"));
    }

    private static Speech judge(String text) {
        return FirstBytes.judge(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
