package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.CountingCall;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class McpSessionTest {
    private final McpSession session = openedBy(null);

    @Test
    void callsAreFoundByTheTextOfTheirIds() {
        CountingCall number = new CountingCall();
        CountingCall text = new CountingCall();
        assertTrue(session.add("1", number));
        assertTrue(session.add("\"1\"", text));

        assertSame(number, session.find("1"));
        assertSame(text, session.find("\"1\""));
        assertNull(session.find("2"));
        List<String> ids = new ArrayList<>();
        session.forEachCall((id, call) -> ids.add(id));
        assertEquals(List.of("\"1\"", "1"), ids.stream().sorted().toList());
    }

    @Test
    void aSessionAtRestHasNoCalls() {
        assertNull(session.find("1"));
        assertNull(session.take("1"));
        assertFalse(session.remove("1", new CountingCall()));
        assertEquals(0, session.callsUnderWay());
        assertEquals("", session.protocolVersion());
    }

    @Test
    void anIdIsTakenUntilItsCallIsTaken() {
        CountingCall first = new CountingCall();
        assertTrue(session.add("1", first));
        assertFalse(session.add("1", new CountingCall()));
        assertSame(first, session.take("1"));
        assertNull(session.take("1"));
        assertTrue(session.add("1", new CountingCall()));
    }

    @Test
    void onlyTheCallThatIsThereIsRemoved() {
        CountingCall first = new CountingCall();
        session.add("1", first);
        assertFalse(session.remove("1", new CountingCall()));
        assertTrue(session.remove("1", first));
        assertFalse(session.remove("1", first));
    }

    @Test
    void thereIsAnEndToTheNumberOfCalls() {
        for (int i = 0; i < McpSession.MAX_CALLS; i++) {
            assertTrue(session.add(Integer.toString(i), new CountingCall()));
        }
        assertFalse(session.add("more", new CountingCall()));
        session.take("0");
        assertTrue(session.add("more", new CountingCall()));
    }

    @Test
    void theEndIsToldToTheCallsThatAreLeftAndOnce() {
        CountingCall left = new CountingCall();
        CountingCall taken = new CountingCall();
        session.add("1", left);
        session.add("2", taken);
        session.take("2");

        assertTrue(session.finish());
        assertFalse(session.finish());

        assertEquals(1, left.sessionEnds());
        assertEquals(0, taken.sessionEnds());
        assertFalse(session.add("3", new CountingCall()));
    }

    @Test
    void aCallThatFailsDoesNotKeepOthersFromTheEnd() {
        List<CountingCall> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CountingCall call = new CountingCall();
            calls.add(call);
            session.add("good" + i, call);
        }
        session.add("bad", new CountingCall() {
            @Override
            public void onSessionEnd() {
                throw new IllegalStateException("a defect");
            }
        });

        assertTrue(session.finish());

        calls.forEach(call -> assertEquals(1, call.sessionEnds()));
        assertEquals(0, session.callsUnderWay());
    }

    /** Each call either was not added and hears nothing, or was and hears of the end once. */
    @Test
    void callsThatBeginWhileTheSessionEndsAreToldOrNotAdded() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 300; round++) {
                McpSession ending = openedBy(null);
                CyclicBarrier start = new CyclicBarrier(3);
                AtomicInteger told = new AtomicInteger();
                List<Future<Integer>> adders = List.of(
                        pool.submit(() -> addSome(ending, "a", start, told)),
                        pool.submit(() -> addSome(ending, "b", start, told)));
                pool.submit(() -> {
                            start.await(60, TimeUnit.SECONDS);
                            return ending.finish();
                        })
                        .get(60, TimeUnit.SECONDS);
                int added = 0;
                for (Future<Integer> adder : adders) {
                    added += adder.get(60, TimeUnit.SECONDS);
                }
                assertEquals(added, told.get());
                assertEquals(0, ending.callsUnderWay());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static int addSome(McpSession session, String prefix, CyclicBarrier start, AtomicInteger told)
            throws Exception {
        start.await(60, TimeUnit.SECONDS);
        int added = 0;
        for (int i = 0; i < 50; i++) {
            added += session.add(prefix + i, new CountingCall(told)) ? 1 : 0;
        }
        return added;
    }

    @Test
    void whoeverIsNotKnownToBeSomebodyElseIsAdmitted() {
        McpSession owned = openedBy(token("alice", 1));

        assertTrue(owned.admits(token("alice", 1), null));
        assertTrue(owned.admits(token("alice", 2), null));
        assertTrue(owned.admits(token("alice", 1), null));
        assertTrue(owned.admits(null, null));
        assertTrue(owned.admits("Bearer opaque", null));
        assertFalse(owned.admits(token("mallory", 1), null));
        assertFalse(owned.admits(token("mallory", 1), null));
        assertTrue(owned.admits(token("alice", 2), null));
    }

    @Test
    void aSessionOfAnUnknownPrincipalAdmitsAll() {
        assertTrue(session.admits(token("alice", 1), null));
        assertTrue(session.admits(token("bob", 1), null));
        assertTrue(openedBy("Bearer opaque").admits(token("alice", 1), null));
    }

    @Test
    void aSessionThatWasOpenedWithACertificateIsForThatIdentityOnly() {
        Endpoint endpoint = new Endpoint(InetSocketAddress.createUnresolved("host", 1));
        McpSession owned = new McpSession("id", endpoint, 0, null, "spiffe://test/agent");
        assertTrue(owned.admits(null, "spiffe://test/agent"));
        assertFalse(owned.admits(null, "spiffe://test/other"));
        assertFalse(owned.admits(null, null));
        assertTrue(new McpSession("id", endpoint, 0, null, null).admits(null, "spiffe://test/agent"));
    }

    @Test
    void headersTooLongToBeRememberedAreComparedAllTheSame() {
        McpSession owned = openedBy(token("alice" + "e".repeat(McpSession.MAX_REMEMBERED_CHARS), 1));

        assertTrue(owned.admits(token("alice" + "e".repeat(McpSession.MAX_REMEMBERED_CHARS), 1), null));
        assertFalse(owned.admits(token("alice", 1), null));
    }

    private static McpSession openedBy(@Nullable String authorization) {
        return new McpSession(
                "id", new Endpoint(InetSocketAddress.createUnresolved("host", 1)), 0, authorization, null);
    }

    private static String token(String subject, int serial) {
        String payload = "{\"iss\":\"i\",\"sub\":\"" + subject + "\",\"jti\":" + serial + "}";
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return "Bearer e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + ".s";
    }
}
