package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The proxy's own answers, in the shapes that real clients were seen to understand, and what it refuses because a policy
 * depends on knowing it.
 *
 * <ul>
 *   <li>200 with a JSON-RPC error that echoes the id: {@link #theIdIsEchoedAsItStands}
 *   <li>429, 503, 504 with a body: {@link #aRefusalMayBeAStatusIfConfigured}
 *   <li>404 on a session: {@code SessionsIT}
 *   <li>a stream cut without a response: {@code CutStreamIT}
 *   <li>anything but a failure to a {@code server/discover} probe: {@link #discoveryIsAlwaysRefusedWith503}
 * </ul>
 */
class RefusalsIT {
    private static final String TOOL_POLICY = "tools { \"slow_*\" { timeout = 14s } }";

    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(McpUpstream.plain());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private RunningSidecar withPolicy(String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(upstream.port(), TOOL_POLICY, more);
    }

    // ---- shapes

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "\"1\"",
                "-7",
                "1.0",
                "9007199254740993",
                "\"\\u0031\"",
                "\"a b/ü\\\"\"",
                "\"\"",
                "123456789012345678901"
            })
    void theIdIsEchoedAsItStands(String id) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(ScriptedUpstream.refusingPort());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.call(id, "echo"));
            assertEquals(200, answer.status());
            assertEquals("application/json", answer.header("content-type"));
            String body = answer.text();
            assertTrue(body.startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":10001,"), body);
            for (String member : new String[] {"\"reason\":\"", "\"upstream\":\"app\"", "\"trace_id\":\""}) {
                assertTrue(body.contains(member), body);
            }
        }
    }

    @Test
    void aRefusalMayBeAStatusIfConfigured() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(
                        ScriptedUpstream.refusingPort(),
                        "mcp.refusal = http",
                        "upstreams.app.breaker { consecutive-failures = 1, open-for = 30s }");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage unavailable = client.post(Rpc.call("\"x\"", "echo"));
            assertEquals(502, unavailable.status());
            String first = unavailable.text();
            assertTrue(first.startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"error\":{\"code\":10001,"), first);
            WireMessage open = client.post(Rpc.call("2", "echo"));
            assertEquals(503, open.status());
            assertTrue(Integer.parseInt(open.header("retry-after")) > 0, open.head());
            String second = open.text();
            assertTrue(second.startsWith("{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":10002,"), second);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-rpc", "http"})
    void discoveryIsAlwaysRefusedWith503(String refusal) throws Exception {
        try (RunningSidecar sidecar =
                        RunningSidecar.before(ScriptedUpstream.refusingPort(), "mcp.refusal = " + refusal);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.postModern(Rpc.request("1", "server/discover", "{" + Rpc.modernMeta() + "}"));
            assertEquals(503, answer.status());
        }
    }

    /** Its own mistakes included: a client that is told 400 here believes the server to be an old one. */
    @Test
    void aMalformedDiscoveryIsRefusedWith503() throws Exception {
        try (RunningSidecar sidecar = withPolicy();
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.sendPost(
                            Rpc.request("1", "server/discover", "{" + Rpc.modernMeta() + "}"),
                            "MCP-Protocol-Version: " + Rpc.MODERN,
                            "Mcp-Method: tools/call")
                    .answer();
            assertEquals(503, answer.status());
            assertTrue(upstream.seen().isEmpty());
        }
    }

    @Test
    void notificationsAndResponsesAreRefusedByStatus() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(ScriptedUpstream.refusingPort());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage notification = client.post(Rpc.notification("notifications/initialized", ""));
            assertEquals(502, notification.status());
            notification.text();
            WireMessage response = client.post(Rpc.result("1", "{}"));
            assertEquals(502, response.status());
        }
    }

    @Test
    void aTimeoutIsA504IfConfigured() throws Exception {
        upstream.close();
        upstream = new McpUpstream(request -> {
            if (request.id().isEmpty()) {
                request.accepted();
            } else {
                request.awaitClosed();
            }
        });
        try (RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 300ms", "mcp.refusal = http");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.call("1", "echo"));
            assertEquals(504, answer.status());
            assertTrue(answer.text().contains("\"code\":10003"));
        }
    }

    // ---- messages that a tool policy can not be sure of

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"name\":\"slow_x\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"n\\u0061me\":\"slow_x\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"method\":\"tools/list\",\"params\":{\"name\":\"echo\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"},\"params\":{\"name\":\"x\"}}"
            })
    void duplicateKeysAreRefusedWhereAToolPolicyDependsOnThem(String message) throws Exception {
        try (RunningSidecar sidecar = withPolicy();
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(message);
            assertEquals(200, answer.status());
            assertRefused(answer.text(), 10008);
            assertTrue(upstream.seen().isEmpty(), "nothing is sent");
            assertEquals(1, sidecar.metric("mcp_server_operation_duration_seconds_count"));
        }
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("1", "{}"), client.post(message).text());
            assertEquals(message, upstream.last().body(), "without a policy it is the server's business");
        }
    }

    @Test
    void tooDeepMessagesAreRefusedWhereAToolPolicyDependsOnThem() throws Exception {
        String message = "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"arguments\":"
                + "[".repeat(5000) + "]".repeat(5000) + ",\"name\":\"echo\"}}";
        try (RunningSidecar sidecar = withPolicy();
                McpCaller client = new McpCaller(sidecar)) {
            assertRefused(client.post(message).text(), 10008);
            assertTrue(upstream.seen().isEmpty());
        }
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("1", "{}"), client.post(message).text());
            assertEquals(message, upstream.last().body());
        }
    }

    @Test
    void messagesTooLongToFindTheToolInAreRefusedWhereAToolPolicyDependsOnIt() throws Exception {
        String message = Rpc.request(
                "1", "tools/call", "{\"arguments\":{\"text\":\"" + "x".repeat(64 * 1024) + "\"},\"name\":\"echo\"}");
        try (RunningSidecar sidecar = withPolicy("mcp.scan-limit = 16KiB");
                McpCaller client = new McpCaller(sidecar)) {
            assertRefused(client.post(message).text(), 10007);
            assertTrue(upstream.seen().isEmpty());
        }
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.scan-limit = 16KiB");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("1", "{}"), client.post(message).text());
            assertEquals(message, upstream.last().body());
        }
    }

    /** Long messages pass if only the tool stands at their beginning, where the SDKs put it. */
    @Test
    void aLongMessageWhoseToolIsFoundInTimePasses() throws Exception {
        String message = Rpc.request(
                "1", "tools/call", "{\"name\":\"echo\",\"arguments\":{\"text\":\"" + "x".repeat(64 * 1024) + "\"}}");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.scan-limit = 16KiB");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("1", "{}"), client.post(message).text());
            assertEquals(message, upstream.last().body());
        }
    }

    // ---- headers that differ from the body

    @ParameterizedTest
    @CsvSource({
        "2026-07-28, tools/call, other",
        "2026-07-28, tools/list, echo",
        "2026-07-28, tools/call, Echo",
        "2026-07-28, tools/call, =?base64?b3RoZXI=?="
    })
    void aHeaderThatDiffersFromTheBodyIsRefusedInTheModernEra(String version, String method, String name)
            throws Exception {
        try (RunningSidecar sidecar = withPolicy()) {
            String answer = post(sidecar, Rpc.modernCall("1", "echo"), version, method, name);
            assertRefused(answer, 10008);
            assertTrue(answer.contains("\"reason\":\"header_mismatch\""), answer);
            assertTrue(upstream.seen().isEmpty());
        }
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            assertEquals(
                    Rpc.result("1", "{}"),
                    post(sidecar, Rpc.modernCall("1", "echo"), version, method, name),
                    "no policy");
        }
    }

    @Test
    void aVersionThatDiffersFromTheBodyIsRefusedInTheModernEra() throws Exception {
        try (RunningSidecar sidecar = withPolicy()) {
            assertRefused(post(sidecar, Rpc.modernCall("1", "echo"), "2027-01-01", "tools/call", "echo"), 10008);
            assertRefused(post(sidecar, Rpc.modernCall("1", "echo"), "2025-06-18", "tools/call", "echo"), 10008);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo", "käse", "a b", " lead"})
    void aHeaderInBase64IsDecoded(String tool) throws Exception {
        String encoded = "=?base64?" + Base64.getEncoder().encodeToString(tool.getBytes(StandardCharsets.UTF_8)) + "?=";
        try (RunningSidecar sidecar = withPolicy()) {
            String answer = post(sidecar, Rpc.modernCall("1", tool), Rpc.MODERN, "tools/call", encoded);
            assertEquals(Rpc.result("1", "{}"), answer);
            assertEquals(encoded, upstream.last().header("mcp-name"), "passed on as it is");
        }
    }

    @Test
    void inTheLegacyEraHeadersSayNothing() throws Exception {
        try (RunningSidecar sidecar = withPolicy();
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.sendPost(
                            Rpc.call("1", "echo"), "MCP-Protocol-Version: 2025-06-18", "Mcp-Name: something-else")
                    .answer();
            assertEquals(Rpc.result("1", "{}"), answer.text());
            assertEquals("something-else", upstream.last().header("mcp-name"));
        }
    }

    private static String post(RunningSidecar sidecar, String body, String version, String method, String name)
            throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.sendPost(
                            body, "MCP-Protocol-Version: " + version, "mcp-method: " + method, "MCP-NAME: " + name)
                    .answer();
            assertEquals(200, answer.status());
            return answer.text();
        }
    }

    private static void assertRefused(String body, int code) {
        assertTrue(body.startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":" + code + ","), body);
        assertFalse(body.contains("\"result\""));
    }
}
