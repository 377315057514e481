package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Behaviour;
import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is done with each kind of message, one kind after the other. Most have a class of their own for the finer points.
 *
 * <p>Continues {@link McpMessagesIT}.
 *
 * <ul>
 *   <li>lists and reads: {@link #aReadIsForwardedAndCounted}, {@link #aReadOfASessionReachesItsReplica}
 *   <li>tasks: {@link #aTaskIsPolledWhereItRuns}; more in {@code SessionsIT}
 *   <li>{@code subscriptions/listen}, legacy GET: {@link #listeningIsNoRequest}; more in {@code StreamsIT}
 *   <li>DELETE: {@link #deleteIsForwardedAndDropsTheBinding}
 *   <li>HTTP+SSE: {@link #thePostsOfAStreamReachItsReplica}; more in {@code HttpAndSseIT}
 *   <li>anything else: {@link #anythingElseIsTransparent}, {@link #jsonThatIsNoMessageIsTransparent}
 * </ul>
 */
class McpOtherMessagesIT extends McpFromOutside {
    // ---- reads

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "tools/list, ''",
                "resources/list, ''",
                "resources/templates/list, ''",
                "prompts/list, ''",
                "resources/read, '\"uri\":\"file:///a\",'",
                "prompts/get, '\"name\":\"greet\",'",
                "completion/complete, ''",
                "ping, ''",
                "server/discover, ''"
            })
    void aReadIsForwardedAndCounted(String method, String params) throws Exception {
        String result = "{\"ttlMs\":60000,\"cacheScope\":\"public\",\"tools\":[]}";
        try (McpUpstream upstream = new McpUpstream(request -> request.result(result));
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            String modern = Rpc.request("1", method, "{" + params + Rpc.modernMeta() + "}");
            assertEquals(Rpc.result("1", result), client.postModern(modern).text());
            assertEquals(modern, upstream.last().body());
            assertEquals(method, upstream.last().header("mcp-method"));
            String legacy = Rpc.request("\"1\"", method, params.isEmpty() ? "" : "{" + params + "\"a\":1}");
            assertEquals(Rpc.result("\"1\"", result), client.post(legacy).text());
            assertEquals(legacy, upstream.last().body());
            sidecar.awaitMetric(2, OPERATIONS, "mcp_method_name=\"" + method + "\"", "gen_ai_tool_name=\"\"");
            assertEquals(2, sidecar.metric(OPERATIONS));
            assertEquals(0, sidecar.metric("mcp_tool_execution_total"));
        }
    }

    @Test
    void aReadOfASessionReachesItsReplica() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 8; i++) {
                try (McpCaller client = new McpCaller(sidecar).session(open(sidecar, i))) {
                    client.post(Rpc.request("1", "resources/list", "")).text();
                    client.post(Rpc.request("2", "ping", "")).text();
                }
            }
            assertAllOf("a-", a);
            assertAllOf("b-", b);
        }
    }

    // ---- tasks

    @Test
    void aTaskIsPolledWhereItRuns() throws Exception {
        Behaviour working = request -> {
            if (request.method().equals("tools/call")) {
                request.result(
                        "{\"resultType\":\"task\",\"taskId\":\"t-" + request.id() + "\",\"status\":\"working\"}");
            } else {
                request.work(Duration.ofMillis(20));
                request.result("{\"resultType\":\"complete\",\"status\":\"working\"}");
            }
        };
        try (McpUpstream a = new McpUpstream(working);
                McpUpstream b = new McpUpstream(working);
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 8; i++) {
                try (McpCaller client = new McpCaller(sidecar)) {
                    client.postModern(Rpc.modernCall(Integer.toString(i), "echo"))
                            .text();
                    String poll =
                            Rpc.request("9", "tasks/get", "{\"taskId\":\"t-" + i + "\"," + Rpc.modernMeta() + "}");
                    client.postModern(poll).text();
                    client.postModern(poll).text();
                }
            }
            for (McpUpstream replica : List.of(a, b)) {
                for (Seen poll : replica.seen("tasks/get")) {
                    String task = Rpc.memberOf(poll.body(), "taskId");
                    assertTrue(
                            replica.seen("tools/call").stream().anyMatch(call -> ("t-" + call.id()).equals(task)),
                            task + " does not run here");
                }
            }
            sidecar.awaitMetric(16, OPERATIONS, "mcp_method_name=\"tasks/get\"", "gen_ai_tool_name=\"\"");
            assertEquals(8, sidecar.metric("mcp_tool_execution_duration_seconds_count"), "polling is no tool latency");
        }
    }

    // ---- streams

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void listeningIsNoRequest(boolean modern) throws Exception {
        String listen = Rpc.request("1", "subscriptions/listen", "{\"notifications\":{}," + Rpc.modernMeta() + "}");
        String acknowledged = Rpc.notification("notifications/subscriptions/acknowledged", "{}");
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    goOn.acquireUninterruptibly();
                    request.work(Duration.ofMillis(700));
                    stream.event(acknowledged);
                    stream.awaitClosed();
                });
                RunningSidecar sidecar = withRoute(upstream, "timeout = 300ms")) {
            try (McpCaller client = new McpCaller(sidecar)) {
                WireMessage stream = modern ? client.postModern(listen) : client.get();
                assertEquals(200, stream.status(), "the head comes before any event");
                goOn.release();
                assertEquals(acknowledged, stream.event().data());
                assertEquals(1, sidecar.metric("mcp_streams_active"));
            }
            upstream.awaitNoConnection();
            sidecar.awaitMetric(0, "mcp_streams_active");
            sidecar.awaitMetric(1, "mcp_stream_duration_seconds_count");
            assertEquals(0, sidecar.metric("mcp_query_duration_seconds_count"));
        }
    }

    @Test
    void thePostsOfAStreamReachItsReplica() throws Exception {
        try (McpUpstream a = new McpUpstream(twoEndpoints("a"));
                McpUpstream b = new McpUpstream(twoEndpoints("b"));
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 8; i++) {
                try (McpCaller listening = new McpCaller(sidecar).at("/sse");
                        McpCaller client = new McpCaller(sidecar)) {
                    String endpoint = listening.get().event().data();
                    assertEquals(
                            202, client.at(endpoint).post(Rpc.call("1", "echo")).status());
                    McpUpstream replica = endpoint.contains("=a") ? a : b;
                    assertEquals(endpoint, replica.last().target());
                }
            }
        }
    }

    private static Behaviour twoEndpoints(String name) {
        return request -> {
            if (request.httpMethod().equals("GET")) {
                request.stream()
                        .raw("event: endpoint\ndata: /message?sessionId=" + name + "-"
                                + request.connection().hashCode() + "\n\n")
                        .awaitClosed();
            } else {
                request.status(202);
            }
        };
    }

    // ---- the rest

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "GET, /.well-known/oauth-protected-resource/mcp, '', ''",
                "GET, /mcp/server-card, '', ''",
                "POST, /upload, text/plain, '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}'",
                "PUT, /mcp, application/json, '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\"}'",
                "OPTIONS, /mcp, '', ''",
                "HEAD, /mcp, '', ''"
            })
    void anythingElseIsTransparent(String method, String path, String type, String body) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.status(
                        401,
                        "WWW-Authenticate: Bearer resource_metadata=\"https://x/.well-known\", scope=\"a b\"",
                        "X-Y: z"));
                RunningSidecar sidecar = before(upstream);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(method + " " + path + " HTTP/1.1\r\nHost: mcp.example\r\nAuthorization: Bearer t\r\n"
                    + (body.isEmpty()
                            ? "\r\n"
                            : "Content-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
            WireMessage answer = WireMessage.read(client.in());
            assertEquals(401, answer.status());
            assertEquals(
                    "Bearer resource_metadata=\"https://x/.well-known\", scope=\"a b\"",
                    answer.header("www-authenticate"));
            assertEquals("z", answer.header("x-y"));
            assertEquals(body, upstream.last().body());
            assertEquals("Bearer t", upstream.last().header("authorization"));
            assertEquals(0, sidecar.metric(OPERATIONS));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"hello\":\"world\"}",
                "7",
                "not json at all",
                "{\"jsonrpc\":\"2.0\",\"id\":1,",
                "\u0000\u0001",
                "{\"a\":1,\"a\":2}"
            })
    void jsonThatIsNoMessageIsTransparent(String body) throws Exception {
        try (McpUpstream upstream = new McpUpstream(
                        request -> request.respond(400, "text/plain", "what is " + request.body() + "?"));
                RunningSidecar sidecar = before(upstream, "mcp.inject-meta-trace = true");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(body);
            assertEquals(400, answer.status());
            assertEquals("what is " + body + "?", answer.text());
            assertEquals(body, upstream.last().body());
            assertEquals(1, sidecar.metric("http_requests_total"));
        }
    }
}
