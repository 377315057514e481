package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.LastRefusals;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.RefusedRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a client's connection says, when it goes on, when it ends. */
class DownstreamHandlerTest extends DownstreamConnection {
    @Test
    void thePipelinedRequestWaitsForItsTurn() {
        receive(GET + GET);
        assertEquals(1, requests.opened);
        answer("1");
        assertEquals(2, requests.opened);
        answer("2");
        assertTrue(sent().endsWith("2"));
    }

    @Test
    void anAnswerBeforeTheEndOfItsRequestDropsTheRest() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        answer("early");
        receive("cd" + GET);
        assertEquals(2, requests.opened);
        assertEquals("ab", requests.received.toString());
    }

    @Test
    void whoNeverStopsSendingAnAnsweredRequestIsCut() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nab");
        answer("early");
        for (int i = 0; i < 20 && channel.isOpen(); i++) {
            receive("x".repeat(64 * 1024));
        }
        assertFalse(channel.isOpen());
    }

    @Test
    void aClientThatSendsNothingIsLetGo() {
        ticks.advance(HEAD_TIMEOUT.plusMillis(20));
        assertFalse(channel.isOpen());
        assertEquals("", sent());
    }

    @Test
    void aHeadThatDoesNotEndIsAnswered() {
        receive("GET / HT");
        ticks.advance(HEAD_TIMEOUT.plusMillis(20));
        assertTrue(sent().startsWith("HTTP/1.1 408 "));
        assertFalse(channel.isOpen());
        assertEquals(1, refusals(RefusalReason.HEAD_TIMEOUT));
        assertEquals(1, closes(CloseReason.HEAD_TIMEOUT));
    }

    @Test
    void aRequestUnderWayHasAllTheTimeThatItsExchangeGivesIt() {
        receive(GET);
        ticks.advance(IDLE_TIMEOUT.multipliedBy(3));
        assertTrue(channel.isOpen());
        answer("late");
        ticks.advance(IDLE_TIMEOUT.minusSeconds(1));
        assertTrue(channel.isOpen());
        ticks.advance(Duration.ofSeconds(2));
        assertFalse(channel.isOpen(), "idle for too long");
    }

    @Test
    void aClientThatLeavesIsReportedOnce() {
        receive(GET);
        channel.close();
        assertEquals(1, requests.closed);
    }

    @Test
    void anAbortedAnswerIsSentAsFarAsItWentAndCut() {
        receive(GET);
        Objects.requireNonNull(requests.stream).writeHead(head());
        Objects.requireNonNull(requests.stream).abort();
        assertTrue(sent().startsWith("HTTP/1.1 200 OK\r\n"));
        assertFalse(channel.isOpen());
    }

    @Test
    void whoPipelinesMoreThanMayWaitIsAnsweredThatMuchAndSentAway() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 0));
        receive(GET.repeat(5));
        answer("1");
        assertFalse(sent().contains("connection: close"));
        answer("2");
        answer("3");
        String sent = sent();
        assertTrue(sent.endsWith("connection: close\r\n\r\n3"), sent);
        assertFalse(channel.isOpen());
        assertEquals(3, requests.opened);
        assertEquals(1, closes(CloseReason.PIPELINED));
    }

    @Test
    void asManyRequestsAsMayWaitAreAnswered() {
        serve(Rules.of(EscapedSlashes.KEEP, Underscores.ALLOW, 2, 0));
        for (int i = 0; i < 10; i++) {
            receive(GET.repeat(3));
            answer("1");
            answer("2");
            answer("3");
        }
        assertEquals(30, requests.opened);
        assertTrue(channel.isOpen());
    }

    @Test
    void aRefusedRequestIsCountedAndKept() {
        receive("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer x\r\n\r\n");
        assertTrue(sent().startsWith("HTTP/1.1 400 "));
        assertEquals(1, refusals(RefusalReason.HOST));
        assertEquals(1, closes(CloseReason.REFUSED));
        RefusedRequest kept = metrics.lastRefusals().entries().get(0).request();
        assertEquals("GET / HTTP/1.1", kept.requestLine());
        assertEquals(List.of("Host: a", "Host: b", "Authorization: <8 bytes>"), kept.headers());
    }

    @Test
    void ofManyRefusedRequestsTheLastAreKept() {
        for (int i = 0; i < 50; i++) {
            connect();
            receive("GET /" + i + " HTTP/1.1\r\n\r\n");
            channel.finishAndReleaseAll();
        }
        List<LastRefusals.Entry> kept = metrics.lastRefusals().entries();
        assertEquals(16, kept.size());
        assertEquals("GET /34 HTTP/1.1", kept.get(0).request().requestLine());
        assertEquals("GET /49 HTTP/1.1", kept.get(15).request().requestLine());
    }

    @Test
    void aMalformedBodyEndsItsConnectionWithTheAnswer() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        assertEquals(
                Reason.MALFORMED_REQUEST,
                Objects.requireNonNull(requests.broken).reason());
        answer("malformed");
        assertFalse(channel.isOpen());
        assertEquals(1, closes(CloseReason.REFUSED));
    }

    @Test
    void everyEndHasAReason() {
        receive(GET);
        answer("done");
        ticks.advance(IDLE_TIMEOUT.plus(TICK));
        assertEquals(1, closes(CloseReason.IDLE));
        connect();
        receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        answer("done");
        assertEquals(1, closes(CloseReason.LAST_ANSWER));
        connect();
        channel.close();
        assertEquals(1, closes(CloseReason.CLIENT));
        connect();
        receive(GET);
        drain();
        answer("done");
        assertEquals(1, closes(CloseReason.DRAIN));
        connect();
        receive(GET);
        Objects.requireNonNull(requests.stream).abort();
        assertEquals(1, closes(CloseReason.CUT));
        connect();
        receive(GET);
        channel.pipeline().fireExceptionCaught(new IllegalStateException("a defect"));
        assertEquals(1, closes(CloseReason.DEFECT));
        defects.clear();
    }
}
