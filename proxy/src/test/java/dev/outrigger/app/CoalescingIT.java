package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who asks what somebody else is asking gets that one's answer, and is no worse off if there is none. */
class CoalescingIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String CACHE = "cache { ttl = 5m, tools = [\"get_*\"] }";
    private static final int CLIENTS = 20;

    private final CountDownLatch released = new CountDownLatch(1);
    private final List<McpCaller> clients = new ArrayList<>();
    private McpUpstream upstream;

    /** How the server ends the first request, which it holds until the test lets it go; it answers the others at once. */
    private volatile McpUpstream.Behaviour end = request -> request.result("{\"content\":[]}");

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(request -> {
            if (isFirst(request)) {
                await(released);
                end.answer(request);
            } else {
                request.result("{\"content\":[]}");
            }
        });
    }

    private boolean isFirst(Seen request) {
        return upstream.seen().get(0) == request;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        for (McpCaller client : clients) {
            client.close();
        }
        upstream.close();
    }

    /** One client is asking, and all others have asked the same and wait. */
    private void askAll(RunningSidecar sidecar, boolean modern) throws Exception {
        for (int i = 0; i < CLIENTS; i++) {
            McpCaller client = new McpCaller(sidecar);
            clients.add(client);
            if (modern) {
                client.sendModern(Rpc.modernCall(Integer.toString(i), "get_weather"));
            } else {
                client.sendPost(Rpc.call(Integer.toString(i), "get_weather"));
            }
            if (i == 0) {
                upstream.first("tools/call");
            }
        }
        sidecar.awaitMetric(CLIENTS, "outrigger_exchanges_active");
        assertEquals(1, upstream.seen().size());
    }

    private void expectAnswers(int from) throws IOException {
        for (int i = from; i < CLIENTS; i++) {
            assertEquals(
                    Rpc.result(Integer.toString(i), "{\"content\":[]}"),
                    clients.get(i).answer().text());
        }
    }

    @Test
    void oneQuestionIsSentForAll() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE)) {
            askAll(sidecar, false);
            released.countDown();
            expectAnswers(0);
            assertEquals(1, upstream.seen().size());
            assertEquals(CLIENTS - 1, sidecar.metric("outrigger_cache_coalesced_total"));
            assertEquals(CLIENTS - 1, sidecar.metric("mcp_cache_hits_total"));
            assertEquals(1, sidecar.metric("mcp_cache_misses_total"));
            assertEquals(
                    CLIENTS,
                    sidecar.metric("mcp_tool_execution_total", "tool_name=\"get_weather\"", "status=\"success\""));
        }
    }

    @Test
    void aFailureIsNotSharedEachAsksAlone() throws Exception {
        end = request -> request.result("{\"content\":[],\"isError\":true}");
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE)) {
            askAll(sidecar, false);
            released.countDown();
            assertTrue(clients.get(0).answer().text().contains("isError"));
            expectAnswers(1);
            assertEquals(CLIENTS, upstream.seen().size());
            assertEquals(0, sidecar.metric("outrigger_cache_coalesced_total"));
        }
    }

    @Test
    void aBrokenConnectionIsNotSharedEither() throws Exception {
        end = Seen::close;
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE)) {
            askAll(sidecar, false);
            released.countDown();
            assertTrue(clients.get(0).answer().text().contains("\"error\""));
            expectAnswers(1);
        }
    }

    @Test
    void whoAskedFirstMayLeave() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE)) {
            askAll(sidecar, true);
            clients.get(0).close();
            expectAnswers(1);
            assertEquals(2, upstream.seen().size(), "one of the others asks for all");
        }
    }

    @Test
    void whoWaitsMayLeave() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE)) {
            askAll(sidecar, true);
            clients.get(CLIENTS - 1).close();
            sidecar.awaitMetric(CLIENTS - 1, "outrigger_exchanges_active");
            released.countDown();
            for (int i = 0; i < CLIENTS - 1; i++) {
                assertEquals(
                        Rpc.result(Integer.toString(i), "{\"content\":[]}"),
                        clients.get(i).answer().text());
            }
            assertEquals(1, upstream.seen().size());
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
        }
    }

    @Test
    void whoWaitsHasADeadlineOfTheirOwn() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE + ", timeout = 3s");
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            first.sendPost(Rpc.call("1", "get_weather"));
            upstream.first("tools/call");
            second.sendPost(Rpc.call("2", "get_weather"));
            String late = first.answer().text();
            assertTrue(late.contains("\"code\":10003"), late);
            // It has waited for nothing, and then either asks or is out of time as well.
            String other = second.answer().text();
            assertTrue(other.contains("\"code\":10003") || other.contains("\"result\""), other);
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
        }
    }

    @Test
    void whoWantsToHearOfProgressAsks() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            first.sendPost(Rpc.call("1", "get_weather"));
            upstream.first("tools/call");
            second.sendPost(Rpc.request(
                    "2", "tools/call", "{\"name\":\"get_weather\",\"arguments\":{},\"_meta\":{\"progressToken\":1}}"));
            assertEquals(Rpc.result("2", "{\"content\":[]}"), second.answer().text());
            released.countDown();
            assertEquals(Rpc.result("1", "{\"content\":[]}"), first.answer().text());
        }
    }

    @Test
    void otherCredentialsAreAnotherQuestion() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller alice = new McpCaller(sidecar).with("Authorization", "Bearer alice");
                McpCaller bob = new McpCaller(sidecar).with("Authorization", "Bearer bob")) {
            alice.sendPost(Rpc.call("1", "get_weather"));
            upstream.first("tools/call");
            assertEquals(
                    Rpc.result("2", "{\"content\":[]}"),
                    bob.post(Rpc.call("2", "get_weather")).text());
            Await.until("both are asked", DEADLINE, () -> upstream.seen().size() == 2);
            released.countDown();
            assertEquals(Rpc.result("1", "{\"content\":[]}"), alice.answer().text());
        }
    }
}
