package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.CloseReason;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Clients that take their time. */
class DownstreamPaceTest extends DownstreamConnection {
    @Test
    void aBodyThatTricklesIsEnded() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 9; i++) {
            ticks.advance(Duration.ofSeconds(1));
            receive("x".repeat(50));
        }
        assertNull(requests.broken);
        ticks.advance(Duration.ofSeconds(1).plus(TICK));
        assertEquals(
                Reason.SLOW_REQUEST, Objects.requireNonNull(requests.broken).reason());
        answer("too slow");
        assertTrue(sent().contains("connection: close\r\n"));
        assertFalse(channel.isOpen());
        assertEquals(1, closes(CloseReason.SLOW_BODY));
    }

    @Test
    void aBodyThatComesAtPaceIsWaitedFor() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        for (int i = 0; i < 60; i++) {
            receive("x".repeat(101));
            ticks.advance(Duration.ofSeconds(1));
        }
        assertNull(requests.broken);
    }

    @Test
    void aClientThatIsNotWaitedForMayBeSilent() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "it waits for a 100");
        Objects.requireNonNull(requests.stream).writeContinue();
        Objects.requireNonNull(requests.stream).pauseReading();
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "nobody reads");
        Objects.requireNonNull(requests.stream).resumeReading();
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(2).plus(TICK));
        assertEquals(
                Reason.SLOW_REQUEST, Objects.requireNonNull(requests.broken).reason());
    }

    @Test
    void aTunnelMayBeSilent() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        receive("POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\nContent-Length: 10\r\n\r\nx");
        HttpResponse switching = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        Objects.requireNonNull(requests.stream).switchProtocols(switching);
        ticks.advance(Rules.SLOW_GRACE.multipliedBy(3));
        assertNull(requests.broken, "what comes of it is no body any more");
        assertTrue(channel.isOpen());
    }

    @Test
    void manyRequestsWithPausesBetweenAreNotSlow() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 100));
        for (int i = 0; i < 20; i++) {
            receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            ticks.advance(Duration.ofMillis(100));
            receive("x");
            answer("done");
            ticks.advance(Duration.ofMillis(3900));
        }
        assertNull(requests.broken);
        assertTrue(channel.isOpen());
    }
}
