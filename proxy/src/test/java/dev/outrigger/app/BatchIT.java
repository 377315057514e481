package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Stream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Batches, which revision 2025-03-26 alone has: each of their elements is an operation of its own, the exchange is one. */
class BatchIT {
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";
    private static final String SUCCESS = "error_type=\"\"";

    private final Semaphore goOn = new Semaphore(0);

    private static String batch(String... messages) {
        return "[" + String.join(", ", messages) + "]";
    }

    @Test
    void eachElementIsAnOperation() throws Exception {
        String sent = "\n"
                + batch(
                        Rpc.call("1", "echo"),
                        Rpc.notification("notifications/initialized", ""),
                        Rpc.request("\"1\"", "tools/list", ""),
                        Rpc.call("2", "add"),
                        Rpc.call("3", "add"),
                        Rpc.result("9", "{}"))
                + " ";
        String answer = batch(
                Rpc.result("2", "{\"isError\":true}"),
                Rpc.error("3", -32603),
                Rpc.result("1", "{}"),
                Rpc.result("\"1\"", "{\"tools\":[]}"));
        try (McpUpstream upstream = new McpUpstream(request -> request.json(answer));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(answer, client.post(sent).text());
            assertEquals(sent, upstream.last().body());
            sidecar.awaitMetric(5, OPERATIONS);
            assertEquals(
                    1,
                    sidecar.metric(OPERATIONS, "mcp_method_name=\"tools/call\"", "gen_ai_tool_name=\"echo\"", SUCCESS));
            assertEquals(1, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"add\"", "error_type=\"tool_error\""));
            assertEquals(1, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"add\"", "error_type=\"-32603\""));
            assertEquals(1, sidecar.metric(OPERATIONS, "mcp_method_name=\"tools/list\"", SUCCESS));
            assertEquals(1, sidecar.metric(OPERATIONS, "mcp_method_name=\"notifications/initialized\"", SUCCESS));
            assertEquals(3, sidecar.metric("mcp_tool_execution_total"));
            assertEquals(1, sidecar.metric("http_requests_total"));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total"));
        }
    }

    @Test
    void aBatchOfOneIsOneOperation() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.json(batch(Rpc.result("1", "{}"))));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    batch(Rpc.result("1", "{}")),
                    client.post(batch(Rpc.call("1", "echo"))).text());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\"");
            assertEquals(1, sidecar.metric(OPERATIONS));
            assertEquals(1, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void aBatchWithoutRequestsIsAnswered202() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.Seen::accepted);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            String sent = batch(
                    Rpc.notification("notifications/initialized", ""),
                    Rpc.result("1", "{}"),
                    Rpc.notification("notifications/roots/list_changed", ""));
            assertEquals(202, client.post(sent).status());
            sidecar.awaitMetric(2, OPERATIONS);
            assertEquals(1, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void eachElementTakesItsOwnTime() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(Rpc.result("1", "{}"));
                    goOn.acquireUninterruptibly();
                    request.work(Duration.ofMillis(300));
                    stream.event(Rpc.result("2", "{}"));
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(batch(Rpc.call("1", "fast"), Rpc.call("2", "slow")));
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            sidecar.awaitMetric(1, OPERATIONS, "gen_ai_tool_name=\"fast\"");
            assertEquals(0, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"slow\""));
            goOn.release();
            assertEquals(Rpc.result("2", "{}"), stream.event().data());
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, OPERATIONS, "gen_ai_tool_name=\"slow\"");
            assertTrue(sidecar.metric("mcp_tool_execution_duration_seconds_sum", "tool_name=\"slow\"") >= 0.3);
            assertEquals(2, sidecar.metric(OPERATIONS));
            assertEquals(1, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void aRefusalHasOneErrorForEachRequest() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(ScriptedUpstream.refusingPort());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(batch(
                    Rpc.call("1", "echo"),
                    Rpc.notification("notifications/initialized", ""),
                    Rpc.call("\"1\"", "add"),
                    Rpc.result("7", "{}")));
            assertEquals(200, answer.status());
            String errors = answer.text();
            assertTrue(errors.startsWith("[{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10001,"), errors);
            assertTrue(errors.contains("},{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"error\":{\"code\":10001,"), errors);
            assertTrue(errors.endsWith("}]"), errors);
            assertEquals(2, errors.split("\"code\":", -1).length - 1, errors);
            sidecar.awaitMetric(3, OPERATIONS);
            assertEquals(2, sidecar.metric("mcp_tool_execution_total", "status=\"error\""));
        }
    }

    @Test
    void aRefusalWithoutRequestsIsAStatus() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(ScriptedUpstream.refusingPort());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer =
                    client.post(batch(Rpc.notification("notifications/initialized", ""), Rpc.result("7", "{}")));
            assertEquals(502, answer.status());
        }
    }

    @Test
    void aStreamThatBreaksOffIsFinishedForWhoeverStillWaits() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(Rpc.result("\"two\"", "{}"));
                    stream.cut();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream =
                    client.post(batch(Rpc.call("1", "echo"), Rpc.call("\"two\"", "echo"), Rpc.call("3", "echo")));
            assertEquals(Rpc.result("\"two\"", "{}"), stream.event().data());
            StringBuilder rest = new StringBuilder();
            SseEvent event;
            while ((event = stream.nextEvent()) != null) {
                rest.append(event.data()).append('\n');
            }
            assertTrue(rest.indexOf("\"id\":1,\"error\":{\"code\":10009,") >= 0, rest::toString);
            assertTrue(rest.indexOf("\"id\":3,\"error\":{\"code\":10009,") >= 0, rest::toString);
            assertFalse(rest.indexOf("\"id\":\"two\"") >= 0, rest::toString);
            sidecar.awaitMetric(3, "mcp_tool_execution_total");
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"success\""));
            assertEquals(2, sidecar.metric("mcp_tool_execution_total", "status=\"error\""));
        }
    }

    /** As the answer of a batch one event may hold an array, too. */
    @Test
    void anEventMayAnswerSeveral() throws Exception {
        String both = batch(Rpc.result("1", "{}"), Rpc.result("2", "{\"isError\":true}"));
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(both);
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(batch(Rpc.call("1", "echo"), Rpc.call("2", "echo")));
            assertEquals(both, stream.event().data());
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"error\"");
        }
    }

    @Test
    void aTimeoutEndsWhatIsStillOpen() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.method().equals("notifications/cancelled")) {
                        request.accepted();
                        return;
                    }
                    request.stream().event(Rpc.result("1", "{}"));
                    request.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller client = new McpCaller(sidecar).session("s-1")) {
            WireMessage stream = client.post(batch(Rpc.call("1", "echo"), Rpc.call("2", "slow")));
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            String last = stream.event().data();
            assertTrue(last.startsWith("{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":10003,"), last);
            assertNull(stream.nextEvent());
            assertTrue(upstream.first("notifications/cancelled").body().contains("\"requestId\":2"));
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"slow\"", "status=\"timeout\"");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\"");
            assertEquals(2, sidecar.metric("mcp_tool_execution_total"));
        }
    }
}
