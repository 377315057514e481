package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools that a route forbids: nothing of a call reaches the server, in whatever disguise it comes. */
class ToolPolicyIT {
    private static final String FORBIDDEN = "tools { \"delete_*\" { allow = false }, \"slow_*\" { timeout = 14s } }";

    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(McpUpstream.plain());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    @Test
    void aForbiddenToolIsRefusedAndTheOthersAreCalled() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage refused = client.post(Rpc.call("\"a\"", "delete_all"));
            assertEquals(200, refused.status());
            String body = refused.text();
            assertTrue(body.startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":10006,"), body);
            assertTrue(body.contains("\"reason\":\"tool_denied\""), body);
            assertTrue(upstream.seen().isEmpty());

            assertEquals(
                    Rpc.result("2", "{}"), client.post(Rpc.call("2", "get_all")).text());
            assertEquals(
                    Rpc.result("3", "{}"),
                    client.post(Rpc.request("3", "tools/list", "{}")).text());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"rejected\"");
            assertEquals(1, sidecar.metric("mcp_query_errors_total", "error_type=\"tool_denied\""));
        }
    }

    @Test
    void aListOfWhatIsAllowedForbidsEverythingElse() throws Exception {
        String allowed = "tools { \"*\" { allow = false }, \"get_*\" { allow = true } }";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), allowed);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "get_all")).text());
            assertRefused(client.post(Rpc.call("2", "put_all")), 10006);
            assertRefused(client.postModern(Rpc.modernCall("3", "Get_all")), 10006);
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void oneForbiddenCallSpoilsItsBatch() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN);
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.post('[' + Rpc.call("1", "echo") + ',' + Rpc.call("2", "delete_x") + ']')
                    .text();
            assertTrue(answer.startsWith("[{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10006,"), answer);
            assertTrue(answer.contains("\"id\":2,\"error\":{\"code\":10006,"), answer);
            assertTrue(upstream.seen().isEmpty());
        }
    }

    @Test
    void aNotificationIsRefusedByStatus() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage refused = client.post(Rpc.notification("tools/call", "{\"name\":\"delete_x\"}"));
            assertEquals(403, refused.status());
            assertTrue(upstream.seen().isEmpty());
        }
    }

    /** Each is read as a call of {@code delete_x} by some server. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools\\/call\",\"params\":{\"name\":\"delete\\u005fx\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\",\"name\":\"delete_x\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\",\"Name\":\"delete_x\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"Method\":\"tools/call\",\"params\":{\"name\":\"delete_x\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":[\"delete_x\"]}}",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":[\"delete_x\"]}}]",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"delete_x\"}}"
            })
    void noWayOfWritingItGetsPast(String body) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN);
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.post(body).text();
            assertTrue(answer.contains("\"code\":10006") || answer.contains("\"code\":10008"), answer);
            assertTrue(upstream.seen().isEmpty());
        }
    }

    /** Servers inflate bodies, decode other charsets, and some take any body for JSON. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain",
                "Content-Type: application/json; charset=utf-7",
                "Content-Type: application/json;charset=utf-8;charset=utf-7",
                "Content-Type: application/json\r\nContent-Type: text/plain",
                "Content-Type: application/json\r\nContent-Encoding: gzip",
                "Accept: application/json"
            })
    void noDressOfTheBodyGetsPast(String headers) throws Exception {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"delete+AF8-x\"}}";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("POST /mcp HTTP/1.1\r\nHost: a\r\n" + headers + "\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
            String answer = client.readResponse();
            assertTrue(answer.contains("\"code\":10008"), answer);
            assertTrue(upstream.seen().isEmpty());
        }
    }

    @Test
    void aNameThatComesTooLateIsNotLetThrough() throws Exception {
        try (RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), FORBIDDEN, "mcp.scan-limit = 4KiB");
                McpCaller client = new McpCaller(sidecar)) {
            String late = "{\"arguments\":{\"text\":\"" + "x".repeat(64 * 1024) + "\"},\"name\":\"delete_x\"}";
            assertRefused(client.post(Rpc.request("1", "tools/call", late)), 10007);
            assertTrue(upstream.seen().isEmpty());
        }
    }

    private static final String LIST = "{\"tools\":[{\"name\":\"get\"},{\"name\":\"delete_x\"},{\"name\":\"put\"}]}";
    private static final String SHOWN = "{\"tools\":[{\"name\":\"get\"},{\"name\":\"put\"}]}";

    private RunningSidecar hiding(McpUpstream server) throws Exception {
        return RunningSidecar.beforeWithRoute(server.port(), FORBIDDEN + ", hide-denied = true");
    }

    @Test
    void aListInJsonLeavesOutWhatIsForbidden() throws Exception {
        try (McpUpstream server = new McpUpstream(McpUpstream.calls(request -> request.result(LIST)));
                RunningSidecar sidecar = hiding(server);
                McpCaller client = new McpCaller(sidecar).with("Accept-Encoding", "gzip")) {
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        Rpc.result("1", SHOWN),
                        client.post(Rpc.request("1", "tools/list", "")).text());
            }
            assertTrue(!server.last().head().toLowerCase(java.util.Locale.ROOT).contains("accept-encoding"));
            assertEquals(
                    Rpc.result("2", LIST),
                    client.post(Rpc.request("2", "ping", "")).text(),
                    "an answer to something else is left alone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void aListInAStreamLeavesOutWhatIsForbidden(String end) throws Exception {
        String progress = "event: message" + end + "data: " + Rpc.progress("1") + end + end;
        String list = "id: 7" + end + "data: " + Rpc.result("1", LIST) + end + end;
        try (McpUpstream server = new McpUpstream(McpUpstream.calls(
                        request -> request.stream().raw(progress + list).end()));
                RunningSidecar sidecar = hiding(server);
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.post(Rpc.request("1", "tools/list", "")).text();
            assertTrue(answer.contains(progress), answer);
            assertTrue(answer.contains("data: " + Rpc.result("1", SHOWN)), answer);
            assertTrue(answer.contains("id: 7"), answer);
            assertTrue(!answer.contains("delete_x"), answer);
        }
    }

    @Test
    void aListThatIsTooLargePassesAsItIs() throws Exception {
        String large = LIST.replace("\"put\"", "\"" + "x".repeat(2 << 20) + "\"");
        try (McpUpstream server = new McpUpstream(McpUpstream.calls(request -> request.result(large)));
                RunningSidecar sidecar = hiding(server);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", large),
                    client.post(Rpc.request("1", "tools/list", "")).text());
        }
    }

    private static void assertRefused(WireMessage answer, int code) throws Exception {
        String body = answer.text();
        assertTrue(body.contains("\"code\":" + code + ","), body);
    }
}
