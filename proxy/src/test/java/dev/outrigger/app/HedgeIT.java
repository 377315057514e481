package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A request that takes long is sent a second time, and the first answer counts. */
class HedgeIT {
    private static final String ROUTE = "retry { tools = [\"get_*\"] }, hedge { after = 20ms }, timeout = 20s";
    private static final Script SILENT = connection -> {
        connection.readRequest();
        connection.awaitClosed();
    };

    private static Script answer(String text) {
        return ScriptedUpstream.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":\"" + text + "\"}}");
    }

    /** In the order in which the connections were made, whichever of their requests is looked at first. */
    private static Script inOrder(Script... scripts) {
        return connection -> scripts[Math.min(connection.number(), scripts.length - 1)].answer(connection);
    }

    @Test
    void theSecondAnswersWhereTheFirstIsSilent() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(inOrder(SILENT, answer("second")));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            assertTrue(call(sidecar, Rpc.call("1", "get_time")).contains("second"));

            assertEquals(1, sidecar.metric("upstream_retries_total", "reason=\"hedge\""));
            assertEquals(1, sidecar.metric("outrigger_hedges_won_total"));
            assertEquals(1, sidecar.metric("http_requests_total"));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"success\""));
            Await.until("the first is given up", Duration.ofSeconds(15), () -> upstream.openConnections() == 1);
        }
    }

    @Test
    void theFirstAnswersWhereTheSecondFails() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        Script slow = connection -> {
            Await.until("the second is there", Duration.ofSeconds(15), () -> arrived.get() > 0);
            answer("first").answer(connection);
        };
        Script closes = connection -> {
            connection.readRequest();
            connection.close();
            arrived.incrementAndGet();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(inOrder(slow, closes));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            assertTrue(call(sidecar, Rpc.call("1", "get_time")).contains("first"));

            assertEquals(2, upstream.requests());
            assertEquals(0, sidecar.metric("outrigger_hedges_won_total"));
        }
    }

    @Test
    void theSecondAnswersWhereTheFirstFailsLater() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        Script fails = connection -> {
            connection.readRequest();
            Await.until("the second is there", Duration.ofSeconds(15), () -> arrived.get() > 0);
            connection.write("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
            arrived.incrementAndGet();
        };
        Script waits = connection -> {
            arrived.incrementAndGet();
            Await.until("the first has failed", Duration.ofSeconds(15), () -> arrived.get() > 1);
            answer("second").answer(connection);
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(inOrder(fails, waits));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            assertTrue(call(sidecar, Rpc.request("1", "tools/list", "{}")).contains("second"));
            assertEquals(2, upstream.requests());
        }
    }

    @Test
    void whatMayHaveAnEffectIsNeverSentBeside() throws Exception {
        Script slow = connection -> {
            connection.readRequest();
            connection.awaitClosed();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(slow);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "retry {}, hedge { after = 20ms }, timeout = 3s")) {
            assertTrue(call(sidecar, Rpc.modernCall("1", "set_time")).contains("request_timeout"));
            assertEquals(1, upstream.requests());
        }
    }

    @Test
    void whatIsUsualIsLearnedFromTheCallsBefore() throws Exception {
        AtomicInteger odd = new AtomicInteger();
        Script script = connection -> {
            String request = connection.readRequest();
            if (request.contains("odd") && odd.getAndIncrement() == 0) {
                connection.awaitClosed();
            } else {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine");
            }
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "retry {}, hedge {}, timeout = 20s", "runtime.workers = 1")) {
            for (int i = 0; i < 60; i++) {
                assertTrue(call(sidecar, Rpc.request("1", "tools/list", "{}")).contains("fine"));
            }
            assertTrue(call(sidecar, Rpc.request("1", "tools/list", "{\"x\":\"odd\"}"))
                    .contains("fine"));
            assertEquals(2, odd.get());
        }
    }

    @Test
    void anEndpointThatWasOvertakenCountsAsSlow() throws Exception {
        try (ScriptedUpstream silent = new ScriptedUpstream(SILENT);
                ScriptedUpstream fast = new ScriptedUpstream(answer("fast"));
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                        List.of(silent.port(), fast.port()),
                        ROUTE.replace("20ms", "3s"),
                        "runtime.workers = 1",
                        "upstreams.app.load-balancer = peak-ewma")) {
            for (int i = 0; i < 6; i++) {
                assertTrue(call(sidecar, Rpc.call("1", "get_time")).contains("fast"));
            }
            assertTrue(silent.requests() <= 1, silent.requests() + " of 6");
        }
    }

    private static String call(RunningSidecar sidecar, String message) throws Exception {
        try (RawClient client = new RawClient(sidecar.inbound())) {
            return client.send(
                            "POST /mcp HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                                    + message.length() + "\r\n\r\n" + message)
                    .readToEnd();
        }
    }
}
