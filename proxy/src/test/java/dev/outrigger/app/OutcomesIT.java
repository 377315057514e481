package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Stream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an operation ended is read from its answer, not from the status, and told by OpenTelemetry's rules. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutcomesIT {
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";

    private McpUpstream upstream;
    private RunningSidecar sidecar;
    private volatile String answer = "";
    private volatile boolean asEvents;
    private int tools;

    @BeforeAll
    void start() throws Exception {
        upstream = new McpUpstream(request -> {
            if (!asEvents) {
                request.json(answer);
                return;
            }
            Stream stream = request.stream();
            stream.event(
                    Rpc.notification("notifications/message", "{\"data\":{\"isError\":true,\"error\":{\"code\":-1}}}"));
            stream.event(answer);
            stream.end();
        });
        sidecar = RunningSidecar.before(upstream.port());
    }

    @AfterAll
    void stop() throws Exception {
        sidecar.close();
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'\"result\":{\"content\":[]}', '', success",
                "'\"result\":{\"content\":[],\"isError\":false}', '', success",
                "'\"result\":{\"content\":[],\"isError\":true}', tool_error, error",
                "'\"result\":{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}', tool_error, error",
                "'\"result\":{\"content\":[{\"isError\":true}],\"structuredContent\":{\"isError\":true,\"error\":{\"code\":-1}}}', '', success",
                "'\"result\":{\"resultType\":\"complete\",\"content\":[]}', '', success",
                "'\"result\":{\"resultType\":\"input_required\",\"inputRequests\":{},\"requestState\":\"x\"}', '', success",
                "'\"result\":{\"resultType\":\"task\",\"taskId\":\"t-1\"}', '', success",
                "'\"error\":{\"code\":-32603,\"message\":\"\"}', -32603, error",
                "'\"error\":{\"code\":-32000,\"message\":\"\"}', -32000, error",
                "'\"error\":{\"message\":\"\",\"data\":{\"code\":7},\"code\":42}', other, error",
                "'\"error\":{\"code\":-32700,\"message\":\"\"}', CALLER, error",
                "'\"error\":{\"code\":-32600,\"message\":\"\"}', CALLER, error",
                "'\"error\":{\"code\":-32601,\"message\":\"\"}', CALLER, error",
                "'\"error\":{\"code\":-32602,\"message\":\"\"}', CALLER, error",
                "'\"error\":{\"code\":-32002,\"message\":\"\"}', CALLER, error"
            })
    void theAnswerDecides(String members, String errorType, String status) throws Exception {
        for (boolean events : new boolean[] {false, true}) {
            asEvents = events;
            String tool = "tool-" + tools++;
            answer = "{\"jsonrpc\":\"2.0\"," + members + ",\"id\":1}";
            try (McpCaller client = new McpCaller(sidecar)) {
                String text = client.post(Rpc.call("1", tool)).text();
                assertTrue(text.contains(answer), text);
            }
            String label = "gen_ai_tool_name=\"" + tool + "\"";
            sidecar.awaitMetric(1, OPERATIONS, label);
            assertEquals(
                    1,
                    sidecar.metric(
                            "mcp_tool_execution_total", "tool_name=\"" + tool + "\"", "status=\"" + status + "\""));
            String expected = errorType.equals("CALLER") ? "" : errorType;
            assertEquals(
                    1,
                    sidecar.metric(OPERATIONS, label, "error_type=\"" + expected + "\""),
                    "events: " + events + ", errors of the caller are none of the server");
        }
    }

    /** Whatever they answer, and however often, a server that answers is not broken. */
    @Test
    void answersNeverOpenTheBreaker() throws Exception {
        asEvents = false;
        for (String member :
                new String[] {"\"result\":{\"isError\":true}", "\"error\":{\"code\":-32603,\"message\":\"\"}"}) {
            answer = "{\"jsonrpc\":\"2.0\"," + member + ",\"id\":1}";
            for (int i = 0; i < 20; i++) {
                try (McpCaller client = new McpCaller(sidecar)) {
                    assertEquals(answer, client.post(Rpc.call("1", "breaking")).text());
                }
            }
        }
        assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        assertEquals(1, sidecar.metric("circuit_breaker_state", "state=\"closed\""));
    }

    /** It is passed on as it is, and what is in it stays unknown. */
    @Test
    void aCompressedAnswerIsJudgedByItsStatus() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(Rpc.result("1", "{\"isError\":true}").getBytes(StandardCharsets.UTF_8));
        }
        byte[] body = compressed.toByteArray();
        try (McpUpstream compressing = new McpUpstream(request -> {
                    request.connection()
                            .write(
                                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                                            + body.length + "\r\n\r\n");
                    request.connection().write(body);
                });
                RunningSidecar own = RunningSidecar.before(compressing.port());
                McpCaller client = new McpCaller(own)) {
            WireMessage got = client.post(Rpc.call("1", "echo"));
            assertEquals("gzip", got.header("content-encoding"));
            assertArrayEquals(body, got.body().readAllBytes());
            own.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

    /** One that breaks off is, see {@link UpstreamFaultsIT}. */
    @Test
    void aBrokenAnswerIsPassedOnAndIsNoBrokenServer() throws Exception {
        asEvents = false;
        for (String broken : new String[] {"{\"jsonrpc\"}", "[]", "7", "{}", "\u0000"}) {
            answer = broken;
            try (McpCaller client = new McpCaller(sidecar)) {
                assertEquals(broken, client.post(Rpc.call("1", "broken")).text());
            }
        }
        sidecar.awaitMetric(5, OPERATIONS, "gen_ai_tool_name=\"broken\"");
    }
}
