package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Behaviour;
import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import dev.outrigger.testing.Await;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that take too long, by the policy of their tool or of the route. The client gets an error that it understands; the
 * server hears of it by a notification in the legacy era, and by the end of its stream in the modern one.
 */
class DeadlinesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";
    private static final String SLOW_TOOLS = "timeout = 20s, tools { \"slow_*\" { timeout = 3s } }";
    private static final String SESSION = "s-1";

    private final Semaphore goOn = new Semaphore(0);

    /** Stays silent to slow tools. */
    private static Behaviour silent() {
        return McpUpstream.calls(request -> {
            if (request.name().startsWith("slow_")) {
                request.awaitClosed();
            } else {
                request.result("{}");
            }
        });
    }

    private static void assertTimedOut(String message, String id) {
        assertTrue(message.startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":10003,"), message);
    }

    @Test
    void aLegacyServerIsToldOfATimeoutInItsSession() throws Exception {
        try (McpUpstream upstream = new McpUpstream(silent());
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), SLOW_TOOLS);
                McpCaller client = new McpCaller(sidecar)
                        .session(SESSION)
                        .with("MCP-Protocol-Version", "2025-06-18")
                        .with("Authorization", "Bearer t")) {
            WireMessage answer = client.post(Rpc.call("\"a-7\"", "slow_x"));
            assertEquals(200, answer.status());
            assertTimedOut(answer.text(), "\"a-7\"");
            Seen cancellation = upstream.first("notifications/cancelled");
            assertTrue(cancellation.body().contains("\"requestId\":\"a-7\""), cancellation.body());
            assertTrue(cancellation.body().contains("\"reason\":"), cancellation.body());
            assertFalse(cancellation.body().contains("\"id\":"), "a notification has no id: " + cancellation.body());
            assertEquals("POST", cancellation.httpMethod());
            assertEquals("/mcp", cancellation.target());
            assertEquals("mcp.example:81", cancellation.header("host"));
            assertEquals(SESSION, cancellation.header("mcp-session-id"));
            assertEquals("2025-06-18", cancellation.header("mcp-protocol-version"));
            assertEquals("Bearer t", cancellation.header("authorization"));
            assertEquals("application/json", cancellation.header("content-type"));
            Await.until("the call's connection is closed", DEADLINE, () -> upstream.openConnections() <= 1);
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"slow_x\"", "status=\"timeout\"");
            assertEquals(1, sidecar.metric(OPERATIONS), "what the proxy says itself is no operation of a client");
            assertEquals(1, sidecar.metric("http_requests_total"));
            assertEquals(1, upstream.seen("notifications/cancelled").size());
        }
    }

    @Test
    void aModernServerSeesItsConnectionClosedAtATimeout() throws Exception {
        try (McpUpstream upstream = new McpUpstream(silent());
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), SLOW_TOOLS);
                McpCaller client = new McpCaller(sidecar)) {
            assertTimedOut(client.postModern(Rpc.modernCall("7", "slow_x")).text(), "7");
            upstream.awaitNoConnection();
            assertEquals(1, upstream.seen().size(), "nothing is invented");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"timeout\"");
        }
    }

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void aTimeoutInsideAStreamIsItsLastEvent(boolean modern) throws Exception {
        Behaviour stalling = McpUpstream.calls(request -> {
            request.stream().event(Rpc.progress("1")).raw("data: half an ev");
            request.awaitClosed();
        });
        try (McpUpstream upstream = new McpUpstream(stalling);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), SLOW_TOOLS);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = modern
                    ? client.postModern(Rpc.modernCall("1", "slow_x"))
                    : client.session(SESSION).post(Rpc.call("1", "slow_x"));
            assertEquals(Rpc.progress("1"), stream.event().data());
            SseEvent event = stream.event();
            while (!event.type().equals(SseEvent.MESSAGE)) {
                event = stream.event();
            }
            assertTimedOut(event.data(), "1");
            assertNull(stream.nextEvent(), "and a proper end");
            if (!modern) {
                assertEquals(SESSION, upstream.first("notifications/cancelled").header("mcp-session-id"));
            }
            Await.until("the call's connection is closed", DEADLINE, () -> upstream.openConnections() <= 1);
            assertEquals(
                    modern ? 0 : 1, upstream.seen("notifications/cancelled").size());
        }
    }

    @Test
    void initializeIsNeverCancelled() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(Seen::awaitClosed));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            assertTimedOut(client.post(Rpc.initialize("1")).text(), "1");
            upstream.awaitNoConnection();
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void otherToolsAreNotHeldToTheTimeoutOfSlowOnes() throws Exception {
        Behaviour unhurried = request -> {
            request.work(Duration.ofMillis(700));
            request.result("{}");
        };
        try (McpUpstream upstream = new McpUpstream(unhurried);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "timeout = 20s, tools { \"slow_*\" { timeout = 400ms } }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "echo")).text());
        }
    }

    @Test
    void aToolMayTakeLongerThanItsRoute() throws Exception {
        Behaviour unhurried = McpUpstream.calls(request -> {
            if (request.name().equals("echo")) {
                request.awaitClosed();
            }
            request.work(Duration.ofMillis(900));
            request.result("{}");
        });
        try (McpUpstream upstream = new McpUpstream(unhurried);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(),
                        "timeout = 300ms, tools { \"*\" { timeout = 350ms }, \"slow_*\" { timeout = 20s } }");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "slow_x")).text());
            assertTimedOut(client.post(Rpc.call("2", "echo")).text(), "2");
        }
    }

    @Test
    void progressBeginsTheTimeAnew() throws Exception {
        Behaviour working = McpUpstream.calls(request -> {
            Stream stream = request.stream();
            for (int i = 0; i < 3; i++) {
                request.work(Duration.ofMillis(1500));
                stream.event(Rpc.progress("1"));
            }
            stream.event(Rpc.result(request.id(), "{}"));
            stream.end();
        });
        try (McpUpstream upstream = new McpUpstream(working);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 4s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            for (int i = 0; i < 3; i++) {
                assertEquals(Rpc.progress("1"), stream.event().data());
            }
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

    @Test
    void otherNotificationsDoNotBeginTheTimeAnew() throws Exception {
        String log = Rpc.notification("notifications/message", "{\"level\":\"info\",\"data\":\"x\"}");
        Behaviour talking = McpUpstream.calls(request -> {
            Stream stream = request.stream();
            for (int i = 0; i < 200; i++) {
                request.work(Duration.ofMillis(50));
                stream.event(log);
            }
        });
        try (McpUpstream upstream = new McpUpstream(talking);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.postModern(Rpc.modernCall("1", "echo"));
            SseEvent event = stream.event();
            while (event.data().equals(log)) {
                event = stream.event();
            }
            assertTimedOut(event.data(), "1");
        }
    }

    @Test
    void progressDoesNotGoOnForEver() throws Exception {
        Behaviour endless = McpUpstream.calls(request -> {
            Stream stream = request.stream();
            for (int i = 0; i < 1000; i++) {
                request.work(Duration.ofMillis(50));
                stream.event(Rpc.progress("1"));
            }
        });
        try (McpUpstream upstream = new McpUpstream(endless);
                RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s, max-duration = 4s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            SseEvent event = stream.event();
            while (event.data().equals(Rpc.progress("1"))) {
                event = stream.event();
            }
            assertTimedOut(event.data(), "1");
            assertTrue(event.data().contains("\"reason\":\"max_duration\""), event.data());
            assertNull(stream.nextEvent());
        }
    }

    @Test
    void theTimeStandsStillWhileTheServerAsksTheClient() throws Exception {
        String question = Rpc.request("1", "sampling/createMessage", "{\"messages\":[],\"maxTokens\":1}");
        Behaviour asking = request -> {
            if (request.method().isEmpty()) {
                request.accepted();
                goOn.release();
                return;
            }
            Stream stream = request.stream();
            stream.event(question);
            goOn.acquireUninterruptibly();
            stream.event(Rpc.result(request.id(), "{}"));
            stream.end();
        };
        try (McpUpstream upstream = new McpUpstream(asking);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller client = new McpCaller(sidecar).session(SESSION);
                McpCaller answering = new McpCaller(sidecar).session(SESSION)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            assertEquals(question, stream.event().data());
            long startNanos = System.nanoTime();
            Await.until("the human has thought", DEADLINE, () -> System.nanoTime() - startNanos > 3_500_000_000L);
            assertEquals(
                    202,
                    answering.post(Rpc.result("1", "{\"role\":\"assistant\"}")).status());
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

    /** A batch is answered as one, so whichever of its tools may take the longest grants its time to all. */
    @Test
    void aBatchHasTheLongestTimeOfItsTools() throws Exception {
        Behaviour unhurried = McpUpstream.calls(request -> {
            if (!request.body().contains("slow_x")) {
                request.awaitClosed();
            }
            request.work(Duration.ofMillis(900));
            request.json("[" + Rpc.result("1", "{}") + "," + Rpc.result("2", "{}") + "]");
        });
        try (McpUpstream upstream = new McpUpstream(unhurried);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "timeout = 300ms, tools { \"slow_*\" { timeout = 20s } }");
                McpCaller client = new McpCaller(sidecar).session(SESSION)) {
            String both = client.post("[" + Rpc.call("1", "echo") + "," + Rpc.call("2", "slow_x") + "]")
                    .text();
            assertEquals("[" + Rpc.result("1", "{}") + "," + Rpc.result("2", "{}") + "]", both);
            String neither = client.post("[" + Rpc.call("1", "echo") + "," + Rpc.call("2", "add") + "]")
                    .text();
            assertEquals(2, neither.split("\"code\":10003", -1).length - 1, neither);
        }
    }
}
