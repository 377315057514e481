package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
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
 * </ul>
 *
 * <p>The other kinds are in {@link McpOtherMessagesIT}.
 */
class McpMessagesIT extends McpFromOutside {
    // ---- initialize and sessions

    @Test
    void initializeChoosesAReplicaAndBindsItsSession() throws Exception {
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", McpUpstream.plain()));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
                RunningSidecar sidecar = inTurn(a, b)) {
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
            sidecar.awaitMetric(0, "upstream_connections");
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
            request.work(Duration.ofMillis(3500));
            stream.end();
        };
        try (McpUpstream upstream = new McpUpstream(server);
                RunningSidecar sidecar = withRoute(upstream, "timeout = 3s");
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
            if (expected.equals("10003")) {
                request.awaitClosed();
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
}
