package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import dev.outrigger.testing.Await;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What went wrong in other gateways, one after the other.
 *
 * <ol>
 *   <li>An answer that stops: {@link #aStreamThatBreaksOffIsFinishedWithAnError},
 *       {@link #aStreamThatTheClientCanResumeIsNotFinished}, {@link #aTimeoutInAModernStreamClosesIt},
 *       {@link #aTimeoutInALegacySessionIsToldToTheServer}; more in {@code CutStreamIT}
 *   <li>A client that leaves: {@link #aModernClientThatLeavesCancels}, {@link #aLegacyClientThatLeavesCancelsNothing}
 *   <li>The host: {@link #theHostIsForwarded}
 *   <li>Buffering: {@link #everyChunkIsPassedOnAtOnce}, {@link #aServersQuestionReachesTheClientAtOnce},
 *       {@link #whateverAnEventStreamMayHoldPassesAsItIs}, {@link #theHeadOfAStreamIsThereBeforeItsFirstEvent}
 *   <li>Editing: {@link #aContextIsWrittenIntoTheHeaderOnlyByDefault}, {@link #editingKeepsEveryOtherByte},
 *       {@link #aContextThatIsThereIsNeverOverwritten}; more in {@code MetaTraceIT}
 *   <li>Status and outcome: {@link #toolErrorsAndUnknownToolsAreErrorsWithStatus200},
 *       {@link #neitherToolErrorsNor429OpenTheBreaker}; more in {@code OutcomesIT}
 * </ol>
 *
 * <p>Those from the seventh on are in {@link McpFurtherPitfallsIT}.
 */
class McpPitfallsIT extends McpFromOutside {
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE_ID + "-b7ad6b7169203331-01";

    // ---- 1. the upstream dies or times out in the middle of an answer

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void aStreamThatBreaksOffIsFinishedWithAnError(boolean modern) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(Rpc.progress("1"));
                    stream.cut();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = modern
                    ? client.postModern(Rpc.modernCall("\"1\"", "echo"))
                    : client.post(Rpc.call("\"1\"", "echo"));
            assertEquals(Rpc.progress("1"), stream.event().data());
            assertError(stream.event().data(), "\"1\"", 10009);
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"error\"");
        }
    }

    @Test
    void aStreamThatTheClientCanResumeIsNotFinished() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event("e-1", Rpc.progress("1"));
                    stream.cut();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            assertEquals("e-1", stream.event().id());
            String rest = client.connection().readToEnd();
            assertFalse(rest.contains("data:"), rest);
            sidecar.awaitMetric(1, OPERATIONS);
        }
    }

    @Test
    void aTimeoutInAModernStreamClosesIt() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    request.stream().event(Rpc.progress("1"));
                    request.awaitClosed();
                });
                RunningSidecar sidecar = withRoute(upstream, "timeout = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.postModern(Rpc.modernCall("1", "echo"));
            stream.event();
            assertError(stream.event().data(), "1", 10003);
            assertNull(stream.nextEvent());
            upstream.awaitNoConnection();
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void aTimeoutInALegacySessionIsToldToTheServer() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(Seen::awaitClosed));
                RunningSidecar sidecar = withRoute(upstream, "timeout = 3s");
                McpCaller client = new McpCaller(sidecar).session("s-1")) {
            assertError(client.post(Rpc.call("\"x\"", "echo")).text(), "\"x\"", 10003);
            Seen cancellation = upstream.first("notifications/cancelled");
            assertEquals("s-1", cancellation.header("mcp-session-id"));
            assertTrue(cancellation.body().contains("\"requestId\":\"x\""), cancellation.body());
            Await.until("the call's connection is closed", DEADLINE, () -> upstream.openConnections() <= 1);
        }
    }

    // ---- 2. the client disconnects

    @Test
    void aModernClientThatLeavesCancels() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    goOn.release();
                    request.awaitClosed();
                });
                RunningSidecar sidecar = before(upstream)) {
            McpCaller client = new McpCaller(sidecar).sendModern(Rpc.modernCall("1", "echo"));
            goOn.acquire();
            client.close();
            upstream.awaitNoConnection();
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"cancelled\"");
        }
    }

    @Test
    void aLegacyClientThatLeavesCancelsNothing() throws Exception {
        Semaphore reached = new Semaphore(0);
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(request -> {
                    reached.release();
                    goOn.acquireUninterruptibly();
                    request.result("{}");
                }));
                RunningSidecar sidecar = before(upstream, "runtime.workers = 1")) {
            McpCaller client = new McpCaller(sidecar).session("s-1").sendPost(Rpc.call("1", "echo"));
            reached.acquire();
            client.close();
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            goOn.release(2);
            sidecar.awaitMetric(1, "upstream_connections", "state=\"idle\"");
            try (McpCaller next = new McpCaller(sidecar).session("s-1")) {
                next.post(Rpc.call("2", "echo")).text();
            }
            assertEquals(1, upstream.connections(), "it was neither closed nor cut");
            assertEquals(2, upstream.seen().size(), "nothing was invented");
        }
    }

    // ---- 3. the host

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void theHostIsForwarded(boolean modern) throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar).with("Origin", "http://evil.example")) {
            WireMessage answer =
                    modern ? client.postModern(Rpc.modernCall("1", "echo")) : client.post(Rpc.call("1", "echo"));
            answer.text();
            assertEquals("mcp.example:81", upstream.last().header("host"));
            assertEquals("http://evil.example", upstream.last().header("origin"));
        }
    }

    // ---- 4. buffering

    @Test
    void everyChunkIsPassedOnAtOnce() throws Exception {
        String events = "data: " + Rpc.progress("1") + "\n\n: c\n\ndata: " + Rpc.result("1", "{}") + "\n\n";
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    for (int i = 0; i < events.length(); i++) {
                        stream.raw(events.substring(i, i + 1));
                        goOn.acquireUninterruptibly();
                    }
                    stream.end();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar).with("Accept-Encoding", "gzip")) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            assertEquals("", stream.header("content-encoding"));
            assertEquals("", stream.header("content-length"));
            for (int i = 0; i < events.length(); i++) {
                assertEquals(events.charAt(i), stream.body().read(), "byte " + i + " does not wait for the next");
                goOn.release();
            }
            assertEquals("", stream.text());
        }
    }

    /** Held back, it would never be answered, and what it belongs to never end. */
    @ParameterizedTest
    @ValueSource(strings = {"sampling/createMessage", "elicitation/create", "roots/list"})
    void aServersQuestionReachesTheClientAtOnce(String method) throws Exception {
        String question = Rpc.request("\"q-1\"", method, "{}");
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.method().isEmpty()) {
                        request.accepted();
                        goOn.release();
                        return;
                    }
                    Stream stream = request.stream().event(question);
                    goOn.acquireUninterruptibly();
                    stream.event(Rpc.result("1", "{}")).end();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar).session("s");
                McpCaller answering = new McpCaller(sidecar).session("s")) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            assertEquals(question, stream.event().data());
            assertEquals(202, answering.post(Rpc.result("\"q-1\"", "{}")).status());
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            assertNull(stream.nextEvent());
        }
    }

    @Test
    void whateverAnEventStreamMayHoldPassesAsItIs() throws Exception {
        String events =
                "\uFEFF: a comment\r\n\r\nid: 1\r\nretry: 10\r\ndata:\r\n\r\ndata\n\n:\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\n"
                        + "data:  \"method\":\"notifications/message\"}\n\nunknown: field\nevent:\ndata: "
                        + Rpc.progress("\"ü\"")
                        + "\r\n\r\nid\ndata: " + Rpc.result("1", "{\"t\":\"ä\\r\\n\"}") + "\n\n";
        byte[] sent = events.getBytes(StandardCharsets.UTF_8);
        for (int size : new int[] {1, 2, 7, 1000}) {
            try (McpUpstream upstream = new McpUpstream(request -> {
                        request.connection()
                                .write(
                                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n");
                        for (int at = 0; at < sent.length; at += size) {
                            int length = Math.min(size, sent.length - at);
                            request.connection().write(Integer.toHexString(length) + "\r\n");
                            request.connection().write(Arrays.copyOfRange(sent, at, at + length));
                            request.connection().write("\r\n");
                        }
                        request.connection().write("0\r\n\r\n");
                    });
                    RunningSidecar sidecar = before(upstream);
                    McpCaller client = new McpCaller(sidecar)) {
                assertEquals(events, client.post(Rpc.call("1", "echo")).text(), "in pieces of " + size);
                sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
            }
        }
    }

    @Test
    void theHeadOfAStreamIsThereBeforeItsFirstEvent() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.stream().awaitClosed());
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(200, client.get().status());
        }
    }

    // ---- 5. editing

    @Test
    void aContextIsWrittenIntoTheHeaderOnlyByDefault() throws Exception {
        String sent = Rpc.call("1", "echo");
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            client.post(sent).text();
            assertEquals(sent, upstream.last().body());
            assertTrue(
                    upstream.last().header("traceparent").startsWith("00-"),
                    upstream.last().head());
        }
    }

    @Test
    void editingKeepsEveryOtherByte() throws Exception {
        String before =
                "{\"z\":9007199254740993, \"id\":1,\"method\":\"tools/call\",\"params\":{\"requestState\":\"ab==\",\"n\":1.10,";
        String after = "\"name\":\"echo\", \"b\":1,\"a\":\"\\u00fc/ü\"}}";
        for (String meta : List.of("\"_meta\":{\"progressToken\":12345678901234567890},", "")) {
            String sent = before + meta + after;
            try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                    RunningSidecar sidecar = before(upstream, "mcp.inject-meta-trace = true");
                    McpCaller client = new McpCaller(sidecar).with("traceparent", TRACEPARENT)) {
                assertEquals(Rpc.result("1", "{}"), client.post(sent).text());
                String got = upstream.last().body();
                assertTrue(got.matches("(?s).*\"traceparent\":\"00-" + TRACE_ID + "-[0-9a-f]{16}-01\".*"), got);
                String undone = got.replaceAll(",?\"traceparent\":\"[^\"]*\",?", "")
                        .replace(meta.isEmpty() ? "\"_meta\":{}" : "\u0000", "")
                        .replace(",,", ",")
                        .replace("{,", "{")
                        .replace(",}", "}");
                assertEquals(sent, undone);
                assertEquals(1, upstream.seen().size(), "the length is right");
            }
        }
    }

    @Test
    void aContextThatIsThereIsNeverOverwritten() throws Exception {
        String sent = Rpc.request(
                "1", "tools/call", "{\"name\":\"echo\",\"_meta\":{\"traceparent\":\"" + TRACEPARENT + "\"}}");
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream, "mcp.inject-meta-trace = true");
                McpCaller client = new McpCaller(sidecar)) {
            client.post(sent).text();
            assertEquals(sent, upstream.last().body());
            assertTrue(upstream.last().header("traceparent").startsWith("00-" + TRACE_ID), "but continued");
        }
    }

    // ---- 6. status is not outcome

    @Test
    void toolErrorsAndUnknownToolsAreErrorsWithStatus200() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.name().equals("unknown")) {
                        request.json(Rpc.error(request.id(), -32602));
                    } else {
                        request.result("{\"content\":[],\"isError\":true}");
                    }
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(200, client.post(Rpc.call("1", "unknown")).status());
            try (McpCaller second = new McpCaller(sidecar)) {
                assertEquals(200, second.post(Rpc.call("1", "failing")).status());
            }
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"unknown\"", "status=\"error\"");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"failing\"", "status=\"error\"");
            assertEquals(1, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"failing\"", "error_type=\"tool_error\""));
            assertEquals(1, sidecar.metric(OPERATIONS, "gen_ai_tool_name=\"unknown\"", "error_type=\"\""));
        }
    }

    @Test
    void neitherToolErrorsNor429OpenTheBreaker() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.name().equals("limited")) {
                        request.status(429, "Retry-After: 1");
                    } else {
                        request.result("{\"isError\":true}");
                    }
                });
                RunningSidecar sidecar = before(upstream, "upstreams.app.breaker.consecutive-failures = 2");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 6; i++) {
                WireMessage limited = client.post(Rpc.call("1", "limited"));
                assertEquals(429, limited.status());
                assertEquals("1", limited.header("retry-after"));
                limited.text();
                assertEquals(
                        Rpc.result("1", "{\"isError\":true}"),
                        client.post(Rpc.call("1", "failing")).text());
            }
            assertEquals(12, upstream.seen().size());
            assertEquals(1, sidecar.metric("circuit_breaker_state", "state=\"closed\""));
        }
    }
}
