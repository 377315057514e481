package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.http.DownstreamStream;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a client's connection does while its listener drains. */
class DownstreamDrainTest extends DownstreamConnection {
    @Test
    void aConnectionThatDrainsSaysSoWithItsAnswerAndEnds() {
        receive(GET);
        drain();
        assertTrue(channel.isOpen(), "the answer is still to come");
        answer("done");
        String sent = sent();
        assertTrue(sent.contains("connection: close\r\n"), sent);
        assertTrue(sent.endsWith("done"), sent);
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionThatDrainsHasTimeForARequestThatIsUnderWay() {
        receive(GET);
        answer("first");
        assertFalse(sent().contains("connection: close"));
        drain();
        ticks.advance(DRAIN_IDLE.minus(TICK));
        assertTrue(channel.isOpen());
        receive(GET);
        answer("last");
        String sent = sent();
        assertTrue(sent.contains("connection: close\r\n"), sent);
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionThatDrainsAndStaysIdleEnds() {
        receive(GET);
        answer("done");
        drain();
        ticks.advance(Duration.ofSeconds(2));
        drain();
        ticks.advance(DRAIN_IDLE.minusSeconds(2).plus(TICK));
        assertFalse(channel.isOpen(), "being told again gives no more time");
        assertEquals(1, requests.opened);
    }

    @Test
    void aNewConnectionThatDrainsIsAwaitedOnlyBriefly() {
        ticks.advance(FIRST_REQUEST.minus(TICK));
        drain();
        assertTrue(channel.isOpen(), "its first request may be under way");
        ticks.advance(TICK.multipliedBy(2));
        assertFalse(channel.isOpen());
    }

    @Test
    void aConnectionThatNeverSentAnythingKeepsNoDrainWaiting() {
        ticks.advance(FIRST_REQUEST.plusSeconds(1));
        drain();
        ticks.advance(TICK);
        assertFalse(channel.isOpen());
    }

    @Test
    void aHeadThatHasBegunMayEndWhileItsConnectionDrains() {
        receive(GET);
        answer("first");
        receive("GET / HT");
        drain();
        ticks.advance(DRAIN_IDLE.plusSeconds(1));
        receive("TP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(2, requests.opened);
        answer("last");
        assertTrue(sent().endsWith("last"));
        assertFalse(channel.isOpen());
    }

    @Test
    void whatWasPromisedBeforeTheDrainIsKept() {
        receive(GET);
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        stream.writeHead(head());
        drain();
        stream.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        stream.flush();
        assertFalse(sent().contains("connection: close"));
        assertTrue(channel.isOpen(), "the client was told that it may go on");
        receive(GET);
        answer("last");
        assertTrue(sent().contains("connection: close\r\n"));
        assertFalse(channel.isOpen());
    }

    @Test
    void anExchangeIsAskedWheneverItsConnectionIs() {
        drain();
        assertEquals(0, requests.drains);
        receive(GET);
        drain();
        drain();
        assertEquals(2, requests.drains);
        assertEquals(0, requests.deadlines);
        answer("done");
        assertFalse(channel.isOpen());
    }

    @Test
    void anIdleConnectionEndsAtTheDeadline() {
        receive(GET);
        answer("done");
        drain();
        channel.pipeline().fireUserEventTriggered(DrainEvent.DEADLINE);
        assertFalse(channel.isOpen());
        assertEquals(0, requests.deadlines);
    }

    @Test
    void anExchangeIsTheOneToEndAtTheDeadline() {
        receive(GET);
        DownstreamStream stream = Objects.requireNonNull(requests.stream);
        stream.writeHead(head());
        channel.pipeline().fireUserEventTriggered(DrainEvent.DEADLINE);
        assertEquals(1, requests.deadlines);
        assertTrue(channel.isOpen());
        stream.writeContent(LastHttpContent.EMPTY_LAST_CONTENT);
        stream.flush();
        assertTrue(sent().endsWith("0\r\n\r\n"));
        assertFalse(channel.isOpen(), "no time for another request, whatever the head said");
    }
}
