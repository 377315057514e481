package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.CountingCall;
import dev.outrigger.time.ManualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final Duration IDLE = Duration.ofMinutes(60);

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
    private final Endpoint a = endpoint(1);
    private final Endpoint b = endpoint(2);
    private final List<Duration> ended = new ArrayList<>();
    private final SessionTable table =
            new SessionTable(10, IDLE, Runnable::run, clock, nanos -> ended.add(Duration.ofNanos(nanos)));

    @Test
    void aBoundSessionIsFound() {
        assertNull(table.find("x"));

        McpSession session = table.bind("x", a);

        assertSame(session, table.find("x"));
        assertSame(a, session.endpoint());
        assertEquals("x", session.id());
        assertEquals(1, table.size());
        assertNull(table.find("y"));
    }

    @Test
    void bindingToTheSameEndpointKeepsTheSession() {
        McpSession session = table.bind("x", a);
        session.protocolVersion("2025-06-18");

        assertSame(session, table.bind("x", a));
        assertEquals("2025-06-18", session.protocolVersion());
        assertEquals(List.of(), ended);
    }

    @Test
    void bindingToAnotherEndpointEndsTheSessionOfTheFirst() {
        McpSession first = table.bind("x", a);
        CountingCall call = new CountingCall();
        first.add("1", call);
        clock.advance(Duration.ofSeconds(7));

        McpSession second = table.bind("x", b);

        assertNotSame(first, second);
        assertTrue(first.isOver());
        assertEquals(1, call.sessionEnds());
        assertSame(second, table.find("x"));
        assertEquals(List.of(Duration.ofSeconds(7)), ended);
    }

    @Test
    void anEndedSessionIsForgottenAndItsCallsAreToldOnce() {
        McpSession session = table.bind("x", a);
        CountingCall call = new CountingCall();
        assertTrue(session.add("1", call));
        clock.advance(Duration.ofSeconds(3));

        table.end(session);
        table.end(session);

        assertNull(table.find("x"));
        assertTrue(session.isOver());
        assertEquals(1, call.sessionEnds());
        assertEquals(0, session.callsUnderWay());
        assertEquals(List.of(Duration.ofSeconds(3)), ended);
    }

    @Test
    void anEndThatComesLateLeavesTheNextSessionOfThatIdAlone() {
        McpSession first = table.bind("x", a);
        table.end(first);
        McpSession second = table.bind("x", a);

        table.end(first);

        assertNotSame(first, second);
        assertSame(second, table.find("x"));
        assertFalse(second.isOver());
        assertEquals(1, ended.size());
    }

    @Test
    void aSessionWhoseClientIsSilentForTooLongIsOver() {
        McpSession session = table.bind("x", a);
        CountingCall call = new CountingCall();
        session.add("1", call);
        clock.advance(IDLE.minusNanos(1));
        assertSame(session, table.find("x"));
        clock.advance(IDLE.minusNanos(1));
        assertSame(session, table.find("x"));

        clock.advance(IDLE);

        assertNull(table.find("x"));
        table.sweep();
        assertTrue(session.isOver());
        assertEquals(1, call.sessionEnds());
        assertEquals(List.of(IDLE.multipliedBy(3).minusNanos(2)), ended);
    }

    @Test
    void aSweepEndsWhatNobodyAsksForAnyMore() {
        McpSession session = table.bind("x", a);
        clock.advance(IDLE.dividedBy(2));
        McpSession younger = table.bind("y", a);
        table.sweep();
        assertFalse(session.isOver());

        clock.advance(IDLE.dividedBy(2));
        table.sweep();

        assertTrue(session.isOver());
        assertFalse(younger.isOver());
        assertEquals(1, table.size());
    }

    @Test
    void lookingAtTheTableIsNoUseOfItsSessions() {
        McpSession session = table.bind("x", a);
        clock.advance(IDLE.minusNanos(1));
        assertEquals(List.of(session), table.stream().toList());

        clock.advance(Duration.ofNanos(1));
        table.sweep();

        assertTrue(session.isOver());
    }

    @Test
    void moreThanTheMaximumAreNotKept() {
        List<McpSession> sessions =
                IntStream.range(0, 50).mapToObj(i -> table.bind("s" + i, a)).toList();
        table.sweep();

        assertEquals(10, table.size());
        List<McpSession> kept = sessions.stream().filter(s -> !s.isOver()).toList();
        assertEquals(10, kept.size());
        assertEquals(40, ended.size());
        kept.forEach(session -> assertSame(session, table.find(session.id())));
    }

    @Test
    void closingEndsAllAndWhatComesAfterAtOnce() {
        McpSession session = table.bind("x", a);

        table.close();
        McpSession late = table.bind("y", a);

        assertTrue(session.isOver());
        assertTrue(late.isOver());
        assertFalse(late.add("1", new CountingCall()));
        assertNull(table.find("y"));
        assertEquals(0, table.size());
        assertEquals(2, ended.size());
    }

    @Test
    void aRetiredSessionEndsWithItsLastCall() {
        McpSession session = table.bind("x", a);
        CountingCall call = new CountingCall();
        session.add("1", call);
        session.add("2", new CountingCall());

        table.retire(session);
        assertSame(session, table.find("x"), "its answers are still to come");
        session.take("2");
        assertFalse(session.isOver());
        session.remove("1", call);

        assertTrue(session.isOver());
        assertNull(table.find("x"));
        assertEquals(0, call.sessionEnds(), "it was answered");
        assertEquals(1, ended.size());
    }

    @Test
    void aRetiredSessionAtRestEndsAtOnce() {
        McpSession session = table.bind("x", a);
        CountingCall call = new CountingCall();
        session.add("1", call);
        session.take("1");

        table.retire(session);
        table.retire(session);

        assertTrue(session.isOver());
        assertEquals(1, ended.size());
    }

    @Test
    void aLostSessionIsRememberedUntilAnotherOneHasItsId() {
        McpSession session = table.bind("x", a);
        table.end(table.bind("y", a));

        table.lose(session);

        assertTrue(session.isOver());
        assertNull(table.find("x"));
        assertTrue(table.isLost("x"));
        assertFalse(table.isLost("y"), "it has ended, but not because its endpoint is gone");
        assertEquals(0, table.size());
        table.bind("x", b);
        assertFalse(table.isLost("x"));
    }

    @Test
    void whatIsLostIsForgottenInTime() {
        table.lose(table.bind("x", a));

        clock.advance(IDLE.minusNanos(1));
        assertTrue(table.isLost("x"), "asking is no use of it");
        clock.advance(Duration.ofNanos(1));

        assertFalse(table.isLost("x"));
    }

    @Test
    void moreLostOnesThanTheMaximumAreNotKept() {
        IntStream.range(0, 30).forEach(i -> table.lose(table.bind("x" + i, a)));
        table.sweep();

        long kept = IntStream.range(0, 30).filter(i -> table.isLost("x" + i)).count();
        assertEquals(10, kept);
    }

    @Test
    void onlySessionsOfTheEndpointsThatStayAreRetained() {
        McpSession stays = table.bind("x", a);
        McpSession goes = table.bind("y", b);
        McpSession busy = table.bind("z", b);
        busy.add("1", new CountingCall());

        table.retain(List.of(a));

        assertFalse(stays.isOver());
        assertTrue(goes.isOver());
        assertTrue(table.isLost("y"));
        assertFalse(busy.isOver());
        assertFalse(table.isLost("z"), "its call goes on");
        table.end(busy);
        assertEquals(2, ended.size());
    }

    @Test
    void aRetiredTableTakesNothingInAndLetsCallsEnd() {
        McpSession rests = table.bind("x", a);
        McpSession busy = table.bind("y", a);
        busy.add("1", new CountingCall());

        table.retire();
        McpSession late = table.bind("z", a);

        assertTrue(rests.isOver());
        assertTrue(late.isOver());
        assertFalse(busy.isOver());
        busy.take("1");
        assertTrue(busy.isOver());
        assertEquals(0, table.size());
        assertEquals(3, ended.size());
    }

    @Test
    void otherBoundsHoldForWhatIsThereAlready() {
        List<McpSession> sessions =
                IntStream.range(0, 8).mapToObj(i -> table.bind("s" + i, a)).toList();

        table.bounds(3, IDLE);
        table.sweep();
        assertEquals(3, table.size());
        assertEquals(5, sessions.stream().filter(McpSession::isOver).count());

        table.bounds(3, Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        table.sweep();
        assertEquals(0, table.size());
        assertEquals(8, ended.size());

        table.bounds(30, IDLE);
        IntStream.range(0, 20).forEach(i -> table.bind("t" + i, a));
        table.sweep();
        assertEquals(20, table.size());
    }

    @Test
    void evictionIsTheExecutorsWork() {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        SessionTable own = new SessionTable(1, IDLE, tasks::add, clock, nanos -> ended.add(Duration.ofNanos(nanos)));
        own.bind("x", a);
        own.bind("y", a);
        assertEquals(List.of(), ended);
        assertNotNull(own.find("x"));
        assertNotNull(own.find("y"));

        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }

        assertEquals(1, ended.size());
        assertEquals(1, own.size());
    }

    @Test
    void aSessionIsBoundToWhoOpenedIt() {
        McpSession session = table.bind("x", a, "Basic YWxpY2U6eA==", null);

        assertEquals("basic alice", session.principal());
        assertTrue(session.admits("Basic YWxpY2U6eA==", null));
        assertTrue(session.admits("Basic YWxpY2U6eQ==", null));
        assertFalse(session.admits("Basic Ym9iOng=", null));
        assertNull(table.bind("z", a).principal());
    }

    private static Endpoint endpoint(int port) {
        return new Endpoint(InetSocketAddress.createUnresolved("host", port));
    }
}
