package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that an upstream can do wrong, for an MCP call and for a plain request: each ends in exactly one answer or one
 * closed stream, is counted once, and leaves no connection behind.
 */
class UpstreamFaultsIT {
    private static final String CALL =
            "{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{}},\"jsonrpc\":\"2.0\",\"id\":\"a-7\"}";
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String TRUNCATED = "truncated";
    private static final String CHUNKED_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String SSE_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private RunningSidecar before(int upstreamPort, String route) throws Exception {
        return RunningSidecar.beforeWithRoute(upstreamPort, route, "runtime.transport = " + transport());
    }

    /** Script, then JSON-RPC code and HTTP status of the refusal, the reason; or TRUNCATED for a stream that is cut. */
    static Stream<Arguments> faults() {
        return Stream.of(
                fault("closes before it reads", c -> c.close(), 10009, 502, "closed_before_response"),
                fault("resets before it reads", c -> c.reset(), 10009, 502, "closed_before_response"),
                fault("closes instead of an answer", read(c -> c.close()), 10009, 502, "closed_before_response"),
                fault("resets instead of an answer", read(c -> c.reset()), 10009, 502, "closed_before_response"),
                fault(
                        "closes inside the head",
                        says("HTTP/1.1 200 OK\r\nContent-"),
                        10009,
                        502,
                        "closed_before_response"),
                fault("answers garbage", says("SSH-2.0-OpenSSH_9.2\r\n\r\n"), 10009, 502, "invalid_response"),
                fault("answers binary garbage", says("\u0000\u0001\u0002\r\n\r\n\r\n"), 10009, 502, "invalid_response"),
                fault(
                        "speaks HTTP/3.7",
                        says("HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n"),
                        10009,
                        502,
                        "invalid_response"),
                fault(
                        "switches protocols unasked",
                        says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
                        10009,
                        502,
                        "invalid_response"),
                fault(
                        "frames twice",
                        says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        10009,
                        502,
                        "invalid_response"),
                fault(
                        "has two lengths",
                        says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
                        10009,
                        502,
                        "invalid_response"),
                fault("never answers", read(c -> c.awaitClosed()), 10003, 504, "request_timeout"),
                fault(
                        "stops inside the head",
                        read(c -> {
                            c.write("HTTP/1.1 200 OK\r\nContent-Le");
                            c.awaitClosed();
                        }),
                        10003,
                        504,
                        "request_timeout"),
                cut("closes in a fixed-length body", says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")),
                cut("resets in a fixed-length body", read(c -> {
                    c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                    c.reset();
                })),
                cut("closes in a chunked body", says(CHUNKED_HEAD + "3\r\nabc\r\n")),
                cut("closes in a chunk", says(CHUNKED_HEAD + "9\r\nabc")),
                cut("closes before the last chunk's end", says(CHUNKED_HEAD + "3\r\nabc\r\n0\r\n")),
                cut("garbles a chunk size", says(CHUNKED_HEAD + "3\r\nabc\r\nzz\r\n")),
                cut("closes in an SSE body", says(SSE_HEAD + "d\r\ndata: {\"a\":1}\r\n")));
    }

    private static Arguments fault(String name, Script script, int code, int status, String reason) {
        return Arguments.of(name, script, code, status, reason);
    }

    private static Arguments cut(String name, Script script) {
        return Arguments.of(name, script, 0, 200, TRUNCATED);
    }

    private static Script read(Script then) {
        return connection -> {
            connection.readRequest();
            then.answer(connection);
        };
    }

    /** Reads the request, writes the text, closes. */
    private static Script says(String text) {
        return read(connection -> {
            connection.write(text);
            connection.close();
        });
    }

    @ParameterizedTest(name = "MCP call: {0}")
    @MethodSource("faults")
    void anMcpCallEndsOnce(String name, Script script, int code, int status, String reason) throws Exception {
        String answer = exchange(script, post("/mcp", "application/json", CALL), reason);
        if (reason.equals(TRUNCATED)) {
            if (answer.contains("text/event-stream")) {
                assertMended(answer);
            } else {
                assertCut(answer);
            }
            return;
        }
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertTrue(answer.contains("\"id\":\"a-7\""), answer);
        assertTrue(answer.contains("\"code\":" + code), answer);
        assertTrue(answer.contains("\"reason\":\"" + reason + "\""), answer);
        assertTrue(answer.contains("\"upstream\":\"app\""), answer);
    }

    @ParameterizedTest(name = "plain request: {0}")
    @MethodSource("faults")
    void aPlainRequestEndsOnce(String name, Script script, int code, int status, String reason) throws Exception {
        String answer = exchange(script, post("/x", "text/plain", "hello"), reason);
        if (reason.equals(TRUNCATED)) {
            assertCut(answer);
            return;
        }
        assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
        assertTrue(answer.contains("\"reason\":\"" + reason + "\""), answer);
    }

    /** An event stream has room for the error that the server owes. */
    private static void assertMended(String answer) {
        assertTrue(answer.contains("\"id\":\"a-7\",\"error\":{\"code\":10009"), answer);
        assertTrue(answer.endsWith("0\r\n\r\n"), answer);
    }

    private static void assertCut(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
        assertFalse(answer.endsWith("0\r\n\r\n"), "a broken body must not look whole: " + answer);
    }

    private static String post(String path, String type, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: " + type
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** One request from start to end, then the books: one exchange, nothing open, one breaker failure. */
    private String exchange(Script script, String request, String reason) throws Exception {
        boolean isTimeout = reason.equals("request_timeout");
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = before(upstream.port(), "timeout = " + (isTimeout ? "2s" : "30s"));
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(request).readToEnd();
            assertEquals(1, answer.split("HTTP/1\\.1 ", -1).length - 1, "exactly one answer: " + answer);
            assertEquals(1, sidecar.metric("http_requests_total"));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
            Await.until("no upstream connection is left", DEADLINE, () -> upstream.openConnections() == 0);
            assertNothingLeft(sidecar);
            return answer;
        }
    }

    private static void assertNothingLeft(RunningSidecar sidecar) {
        Await.until("all gauges are back at zero", DEADLINE, () -> {
            try {
                return sidecar.metric("upstream_connections") == 0
                        && sidecar.metric("upstream_pending") == 0
                        && sidecar.metric("outrigger_downstream_connections") == 0;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aRefusedConnectionIsAnswered() throws Exception {
        try (RunningSidecar sidecar = before(ScriptedUpstream.refusingPort(), "");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(post("/mcp", "application/json", CALL)).readToEnd();
            assertTrue(answer.contains("\"code\":10001"), answer);
            assertTrue(answer.contains("\"reason\":\"connect_refused\""), answer);
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"error\"", "tool_name=\"echo\""));
            assertNothingLeft(sidecar);
        }
    }

    @Test
    void aSlowAnswerIsPassedOnWhole() throws Exception {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":\"a-7\",\"result\":{}}";
        Script dripping = read(connection -> {
            String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            for (int i = 0; i < answer.length(); i++) {
                connection.write(answer.substring(i, i + 1));
            }
        });
        try (ScriptedUpstream upstream = new ScriptedUpstream(dripping);
                RunningSidecar sidecar = before(upstream.port(), "");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(post("/mcp", "application/json", CALL))
                    .readToEnd()
                    .endsWith(body));
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"success\""));
        }
    }

    /** By its length the answer is whole, so it passes; what is in it is no answer. */
    @Test
    void aMessageThatIsCutOffInsideAWholeBodyCountsAsAFailure() throws Exception {
        String half = "{\"jsonrpc\":\"2.0\",\"id\":\"a-7\",\"result\":{";
        Script script = says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + half.length()
                + "\r\n\r\n" + half);
        try (ScriptedUpstream upstream = new ScriptedUpstream(script);
                RunningSidecar sidecar = before(upstream.port(), "");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(client.send(post("/mcp", "application/json", CALL))
                    .readToEnd()
                    .endsWith("\r\n\r\n" + half));
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"error\""));
            assertEquals(1, sidecar.metric("mcp_query_errors_total", "error_type=\"no_response\""));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        }
    }

    /** Less than a head, so that nothing can be made of it before the next answer comes. */
    @Test
    void fewBytesBehindAnAnswerAreNoBeginningOfTheNextOne() throws Exception {
        Script talkative = read(connection ->
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nX-Forged: "));
        try (ScriptedUpstream upstream = new ScriptedUpstream(talkative);
                RunningSidecar sidecar = before(upstream.port(), "timeout = 15s");
                RawClient client = new RawClient(sidecar.inbound())) {
            for (int i = 0; i < 3; i++) {
                String answer = client.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .readResponse();
                assertTrue(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith("ok"), answer);
                assertFalse(answer.contains("X-Forged"), answer);
            }
            assertEquals(3, upstream.connections());
        }
    }

    @Test
    void bytesBehindAnAnswerEndTheConnectionNotTheClientsNextAnswer() throws Exception {
        Script talkative = read(connection -> {
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
        });
        try (ScriptedUpstream upstream = new ScriptedUpstream(talkative);
                RunningSidecar sidecar = before(upstream.port(), "");
                RawClient client = new RawClient(sidecar.inbound())) {
            String get = "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assertTrue(client.send(get).readResponse().endsWith("ok"));
            assertTrue(client.send(get).readResponse().endsWith("ok"));
        }
    }
}
