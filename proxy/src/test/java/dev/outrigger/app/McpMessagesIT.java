package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Behaviour;
import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is done with each kind of message, one kind after the other. Most have a class of their own for the finer points.
 *
 * <ul>
 *   <li>legacy {@code initialize}: {@link #initializeChoosesAReplicaAndBindsItsSession}; its version:
 *       {@code MetaTraceIT.theProtocolVersionOfASessionIsRemembered}
 *   <li>session POST: {@link #aSessionPostReachesItsReplicaOnly}, {@link #aSessionPostWithoutItsReplicaGets404AtOnce}
 *   <li>notification: {@link #aNotificationIsForwardedAndAnswered202},
 *       {@link #aCancellationReachesTheReplicaAndEndsTheTimer}
 *   <li>JSON-RPC response: {@link #aResponseReachesTheReplicaThatAsked}, {@link #aResponseIsNeverBroken},
 *       {@link #aResponseIsNeverRetried}
 *   <li>batch: {@link #eachElementOfABatchIsCountedAndTimed}; more in {@code BatchIT}
 *   <li>{@code tools/call}: {@link #aToolCallHasItsOwnTimeout}, {@link #aToolCallIsMeasuredByTool},
 *       {@link #aToolCallsErrorIsRead}, {@link #aToolCallIsNeverSentTwice}
 *   <li>{@code input_required}: {@link #inputRequiredIsASuccessAndItsFollowUpGoesToAnyReplica}
 *   <li>lists and reads: {@link #aReadIsForwardedAndCounted}, {@link #aReadOfASessionReachesItsReplica}
 *   <li>tasks: {@link #aTaskIsPolledWhereItRuns}; more in {@code SessionsIT}
 *   <li>{@code subscriptions/listen}, legacy GET: {@link #listeningIsNoRequest}; more in {@code StreamsIT}
 *   <li>DELETE: {@link #deleteIsForwardedAndDropsTheBinding}
 *   <li>HTTP+SSE: {@link #thePostsOfAStreamReachItsReplica}; more in {@code HttpAndSseIT}
 *   <li>anything else: {@link #anythingElseIsTransparent}, {@link #jsonThatIsNoMessageIsTransparent}
 * </ul>
 */
class McpMessagesIT {
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";

    private final Semaphore goOn = new Semaphore(0);

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private RunningSidecar before(McpUpstream upstream, String... more) throws Exception {
        return withRoute(upstream, "", more);
    }

    private RunningSidecar withRoute(McpUpstream upstream, String route, String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(
                upstream.port(), route, "runtime.transport = " + transport(), String.join("\n", more));
    }

    private RunningSidecar before(McpUpstream a, McpUpstream b) throws Exception {
        return RunningSidecar.beforeEndpoints(List.of(a.port(), b.port()), "", "runtime.transport = " + transport());
    }

    private static String open(RunningSidecar sidecar, int id) throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.initialize(Integer.toString(id)));
            answer.text();
            return answer.header("mcp-session-id");
        }
    }

    private static void assertAllOf(String prefix, McpUpstream replica) {
        for (Seen seen : replica.seen()) {
            String session = seen.header("mcp-session-id");
            assertTrue(session.isEmpty() || session.startsWith(prefix), seen.toString());
        }
    }

    // ---- initialize and sessions

    @Test
    void initializeChoosesAReplicaAndBindsItsSession() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 10; i++) {
                String session = open(sidecar, i);
                assertTrue(session.matches("[ab]-" + i), session);
            }
            assertFalse(a.seen("initialize").isEmpty(), "both get some");
            assertFalse(b.seen("initialize").isEmpty(), "both get some");
            sidecar.awaitMetric(10, OPERATIONS, "mcp_method_name=\"initialize\"");
            assertEquals(10, sidecar.metric("mcp_sessions_active"));
        }
    }

    @Test
    void aSessionPostReachesItsReplicaOnly() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 10; i++) {
                String session = open(sidecar, i);
                for (int call = 0; call < 3; call++) {
                    try (McpCaller client = new McpCaller(sidecar).session(session)) {
                        assertEquals(
                                Rpc.result("1", "{}"),
                                client.post(Rpc.call("1", "echo")).text());
                    }
                }
            }
            assertAllOf("a-", a);
            assertAllOf("b-", b);
        }
    }

    @Test
    void aSessionPostWithoutItsReplicaGets404AtOnce() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = before(a, b)) {
            String session = open(sidecar, 1);
            McpUpstream holder = session.startsWith("a") ? a : b;
            McpUpstream other = session.startsWith("a") ? b : a;
            int before = other.seen().size();
            holder.close();
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(404, client.post(Rpc.call("1", "echo")).status());
            }
            assertEquals(before, other.seen().size());
        }
    }

    @Test
    void deleteIsForwardedAndDropsTheBinding() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.sessions("s", request -> request.status(200)));
                RunningSidecar sidecar = before(upstream)) {
            String session = open(sidecar, 1);
            assertEquals(1, sidecar.metric("mcp_sessions_active"));
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(200, client.delete().status());
            }
            assertEquals(session, upstream.last().header("mcp-session-id"));
            sidecar.awaitMetric(0, "mcp_sessions_active");
        }
    }

    // ---- notifications and responses

    @Test
    void aNotificationIsForwardedAndAnswered202() throws Exception {
        String sent = Rpc.notification("notifications/initialized", "");
        try (McpUpstream upstream = new McpUpstream(Seen::accepted);
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(sent);
            assertEquals(202, answer.status());
            assertEquals("", answer.text());
            assertEquals(sent, upstream.last().body());
            sidecar.awaitMetric(1, OPERATIONS, "mcp_method_name=\"notifications/initialized\"", "error_type=\"\"");
        }
    }

    @Test
    void aCancellationReachesTheReplicaAndEndsTheTimer() throws Exception {
        Behaviour server = request -> {
            if (request.method().equals("notifications/cancelled")) {
                request.accepted();
                goOn.release();
                return;
            }
            Stream stream = request.stream().event(Rpc.progress("1"));
            goOn.acquireUninterruptibly();
            request.work(Duration.ofMillis(900));
            stream.end();
        };
        try (McpUpstream upstream = new McpUpstream(server);
                RunningSidecar sidecar = withRoute(upstream, "timeout = 500ms");
                McpCaller client = new McpCaller(sidecar).session("s");
                McpCaller second = new McpCaller(sidecar).session("s")) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            stream.event();
            second.post(Rpc.notification("notifications/cancelled", "{\"requestId\":1}"));
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"cancelled\"");
            assertEquals(1, sidecar.metric("mcp_tool_execution_total"));
        }
    }

    @Test
    void aResponseReachesTheReplicaThatAsked() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 10; i++) {
                String sent = Rpc.result("\"q\"", "{\"action\":\"accept\",\"content\":{\"n\":9007199254740993}}");
                McpUpstream replica = open(sidecar, i).startsWith("a") ? a : b;
                try (McpCaller client = new McpCaller(sidecar).session((replica == a ? "a-" : "b-") + i)) {
                    assertEquals(202, client.post(sent).status());
                }
                assertEquals(sent, replica.last().body());
            }
            sidecar.awaitMetric(10, OPERATIONS);
        }
    }

    /** A server that waits for it will not get better without it. */
    @Test
    void aResponseIsNeverBroken() throws Exception {
        Behaviour failing = request ->
                request.status(request.id().isEmpty() || request.method().isEmpty() ? 202 : 500);
        try (McpUpstream upstream = new McpUpstream(failing);
                RunningSidecar sidecar =
                        before(upstream, "upstreams.app.breaker { consecutive-failures = 1, open-for = 5m }");
                McpCaller client = new McpCaller(sidecar).session("s")) {
            client.post(Rpc.call("1", "echo")).text();
            String refused = client.post(Rpc.call("2", "echo")).text();
            assertTrue(refused.contains("\"code\":10002"), refused);
            assertEquals(202, client.post(Rpc.result("1", "{}")).status());
        }
    }

    @Test
    void aResponseIsNeverRetried() throws Exception {
        try (McpUpstream upstream = new McpUpstream(Seen::close);
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar).session("s")) {
            assertEquals(502, client.post(Rpc.result("1", "{}")).status());
            assertEquals(1, upstream.seen().size());
        }
    }

    // ---- batches

    @Test
    void eachElementOfABatchIsCountedAndTimed() throws Exception {
        String sent = "[" + Rpc.call("1", "echo") + "," + Rpc.call("2", "add") + "]";
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream().event(Rpc.result("2", "{}"));
                    goOn.acquireUninterruptibly();
                    stream.event(Rpc.result("1", "{}")).end();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(sent);
            stream.event();
            assertEquals(sent, upstream.last().body());
            sidecar.awaitMetric(1, OPERATIONS, "gen_ai_tool_name=\"add\"");
            assertEquals(0, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"echo\""));
            goOn.release();
            stream.event();
            sidecar.awaitMetric(1, OPERATIONS, "gen_ai_tool_name=\"echo\"");
            assertNull(stream.nextEvent());
            assertEquals(2, sidecar.metric(OPERATIONS));
        }
    }

    // ---- tool calls

    @ParameterizedTest
    @CsvSource({
        "slow_x, 10003",
        "slow_cheap_x, ok",
        "slow_cheap_, ok",
        "echo, ok",
        "my_slow_x, ok",
        "exact, 10003",
        "exactly, ok"
    })
    void aToolCallHasItsOwnTimeout(String tool, String expected) throws Exception {
        String policy =
                "timeout = 20s, tools { \"slow_*\" { timeout = 300ms }, \"slow_cheap_*\" { timeout = 19s }, exact { timeout = 300ms } }";
        Behaviour unhurried = request -> {
            if (request.id().isEmpty()) {
                request.accepted();
                return;
            }
            request.work(Duration.ofMillis(800));
            request.result("{}");
        };
        try (McpUpstream upstream = new McpUpstream(unhurried);
                RunningSidecar sidecar = withRoute(upstream, policy);
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.post(Rpc.call("1", tool)).text();
            if (expected.equals("ok")) {
                assertEquals(Rpc.result("1", "{}"), answer);
            } else {
                assertTrue(answer.contains("\"code\":" + expected), answer);
            }
        }
    }

    @Test
    void aToolCallIsMeasuredByTool() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            for (String tool : List.of("echo", "echo", "add")) {
                client.postModern(Rpc.modernCall("1", tool)).text();
            }
            for (String family : List.of(OPERATIONS, "mcp_tool_execution_duration_seconds_count")) {
                String label = family.equals(OPERATIONS) ? "gen_ai_tool_name" : "tool_name";
                sidecar.awaitMetric(2, family, label + "=\"echo\"");
                assertEquals(1, sidecar.metric(family, label + "=\"add\""));
                assertEquals(3, sidecar.metric(family));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'{\"isError\":true,\"content\":[]}', tool_error",
                "'{\"resultType\":\"input_required\",\"inputRequests\":{}}', ''",
                "'{\"resultType\":\"task\",\"taskId\":\"t\"}', ''",
                "'{\"resultType\":\"complete\",\"content\":[]}', ''"
            })
    void aToolCallsErrorIsRead(String result, String errorType) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.result(result));
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", result),
                    client.postModern(Rpc.modernCall("1", "echo")).text());
            sidecar.awaitMetric(1, OPERATIONS, "gen_ai_tool_name=\"echo\"", "error_type=\"" + errorType + "\"");
            assertEquals(1, sidecar.metric(OPERATIONS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at once", "in the head", "in the body"})
    void aToolCallIsNeverSentTwice(String when) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (!when.equals("at once")) {
                        request.connection()
                                .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                        + (when.equals("in the head") ? "Cont" : "Content-Length: 100\r\n\r\n{"));
                    }
                    request.close();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            client.with("Connection", "close").sendPost(Rpc.call("1", "echo"));
            client.connection().readToEnd();
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"error\"");
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void inputRequiredIsASuccessAndItsFollowUpGoesToAnyReplica() throws Exception {
        Behaviour asking = request -> {
            if (request.body().contains("inputResponses")) {
                request.result("{\"resultType\":\"complete\",\"content\":[]}");
            } else {
                request.result(
                        "{\"resultType\":\"input_required\",\"inputRequests\":{\"q\":{}},\"requestState\":\"st/+==\"}");
            }
        };
        String followUp = Rpc.request(
                "2",
                "tools/call",
                "{\"name\":\"echo\",\"requestState\":\"st/+==\",\"inputResponses\":{\"q\":{}}," + Rpc.modernMeta()
                        + "}");
        try (McpUpstream a = new McpUpstream(asking);
                McpUpstream b = new McpUpstream(asking);
                RunningSidecar sidecar = before(a, b)) {
            for (int i = 0; i < 20; i++) {
                try (McpCaller client = new McpCaller(sidecar)) {
                    client.postModern(Rpc.modernCall("1", "echo")).text();
                    client.postModern(followUp).text();
                }
            }
            for (McpUpstream replica : List.of(a, b)) {
                List<String> followUps = replica.seen().stream()
                        .map(Seen::body)
                        .filter(body -> body.contains("inputResponses"))
                        .toList();
                assertFalse(followUps.isEmpty(), "both get some");
                followUps.forEach(body -> assertEquals(followUp, body));
            }
            sidecar.awaitMetric(40, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

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
