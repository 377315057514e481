package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets in place of an upstream that fails. */
class FallbackIT {
    private static final String ROUTE =
            "fallback { body { content = [{ type = text, text = \"not now\" }] }, tools = [\"get_*\"] }";
    private static final String RESULT = "\"result\":{\"content\":[{\"text\":\"not now\",\"type\":\"text\"}]}}";

    private static final Script CLOSES = connection -> {
        connection.readRequest();
        connection.close();
    };
    private static final Script SILENT = connection -> {
        connection.readRequest();
        connection.awaitClosed();
    };

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"a\\u0041\"", "1.50"})
    void aCallGetsTheStaticResultWithItsOwnId(String id) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(CLOSES);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            String answer = call(sidecar, Rpc.call(id, "get_time"));

            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            assertTrue(answer.endsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + "," + RESULT), answer);
            assertEquals(1, sidecar.metric("outrigger_fallbacks_total", "server=\"app\""));
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "tool_name=\"get_time\"", "status=\"error\""));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        }
    }

    @Test
    void aDeadlineAndAnOpenBreakerAreCovered() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(SILENT);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(),
                        ROUTE + ", timeout = 300ms",
                        "upstreams.app.breaker.consecutive-failures = 1")) {
            assertTrue(call(sidecar, Rpc.call("1", "get_time")).endsWith(RESULT));
            assertTrue(call(sidecar, Rpc.call("2", "get_time")).endsWith(RESULT));

            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"rejected\""));
        }
    }

    @Test
    void otherToolsAndOtherMethodsGetTheFailure() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(CLOSES);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            assertTrue(call(sidecar, Rpc.call("1", "set_time")).contains("closed_before_response"));
            assertTrue(call(sidecar, Rpc.request("1", "tools/list", "{}")).contains("closed_before_response"));
            assertTrue(call(sidecar, "[" + Rpc.call("1", "get_time") + "]").contains("closed_before_response"));
            assertEquals(0, sidecar.metric("outrigger_fallbacks_total"));
        }
    }

    @Test
    void whatTheUpstreamAnswersPassesAsItIs() throws Exception {
        Script fails = connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(fails);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), ROUTE)) {
            String answer = call(sidecar, Rpc.call("1", "get_time"));

            assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
            assertFalse(answer.contains("not now"), answer);
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
