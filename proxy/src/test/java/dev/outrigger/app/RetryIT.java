package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent once more, what never is, and where it goes. */
class RetryIT {
    private static final String RETRY =
            "retry { attempts = 3, backoff { base = 1ms, max = 2ms }, tools = [\"get_*\"] }, timeout = 20s";
    private static final Script FINE = ScriptedUpstream.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
    private static final Script CLOSES = read(ScriptedUpstream.Connection::close);
    private static final Script RESETS = read(ScriptedUpstream.Connection::reset);
    private static final Script UNAVAILABLE = says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
    private static final Script GARBAGE = says("SSH-2.0-OpenSSH_9.2\r\n\r\n");

    private static Script read(Script then) {
        return connection -> {
            connection.readRequest();
            then.answer(connection);
        };
    }

    private static Script says(String text) {
        return read(connection -> connection.write(text));
    }

    /** The first requests are answered by the scripts in order, the rest well. */
    private static Script first(Script... scripts) {
        AtomicInteger count = new AtomicInteger();
        return connection -> {
            int request = count.getAndIncrement();
            (request < scripts.length ? scripts[request] : FINE).answer(connection);
        };
    }

    static List<Arguments> failures() {
        return List.of(
                Arguments.of("closes", CLOSES, "closed"),
                Arguments.of("resets", RESETS, "closed"),
                Arguments.of("503", UNAVAILABLE, "status"),
                Arguments.of("garbage", GARBAGE, "invalid_response"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aCallThatOnlyReadsIsMadeAgain(String name, Script failure, String reason) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(failure));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            assertFine(call(sidecar, Rpc.request("1", "tools/list", "{}")));

            assertEquals(2, upstream.requests());
            assertEquals(1, sidecar.metric("upstream_retries_total", "server=\"app\"", "reason=\"" + reason + "\""));
            assertEquals(1, sidecar.metric("upstream_retries_total"));
            assertEquals(1, sidecar.metric("http_requests_total", "status=\"200\""));
            assertEquals(1, sidecar.metric("circuit_breaker_calls_total", "outcome=\"success\""));
            assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aToolThatIsNotNamedIsCalledOnce(String name, Script failure, String reason) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(failure));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            call(sidecar, Rpc.call("1", "delete_all"));

            assertEquals(1, upstream.requests());
            assertEquals(0, sidecar.metric("upstream_retries_total"));
        }
    }

    @Test
    void aToolThatIsNamedIsCalledAgain() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(CLOSES, UNAVAILABLE));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            assertFine(call(sidecar, Rpc.call("1", "get_time")));

            assertEquals(3, upstream.requests());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"delete\",\"name\":\"get_x\"}}",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]"
            })
    void whatMayHaveAnEffectIsSentOnce(String message) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(CLOSES));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            call(sidecar, message);

            assertEquals(1, upstream.requests());
        }
    }

    @Test
    void aToolThatSaysItIsReadOnlyIsCalledAgainIfThatIsTrusted() throws Exception {
        String list =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"peek\",\"annotations\":{\"readOnlyHint\":true}},"
                        + "{\"name\":\"poke\",\"annotations\":{\"readOnlyHint\":false}}]}}";
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(ScriptedUpstream.ok(list), CLOSES, FINE, CLOSES));
                RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "retry { trust-tool-annotations = true }")) {
            assertFine(call(sidecar, Rpc.request("1", "tools/list", "{}")));
            assertFine(call(sidecar, Rpc.call("2", "peek")));
            assertEquals(3, upstream.requests());

            assertTrue(call(sidecar, Rpc.call("3", "poke")).contains("closed_before_response"));
            assertEquals(4, upstream.requests());
        }
    }

    @Test
    void theLastFailureIsTheClientsWhenNoAttemptIsLeft() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(UNAVAILABLE);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            String answer = call(sidecar, Rpc.request("1", "tools/list", "{}"));

            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            assertTrue(answer.endsWith("busy"), answer);
            assertEquals(3, upstream.requests());
        }
    }

    @Test
    void anotherEndpointIsAskedNext() throws Exception {
        try (ScriptedUpstream broken = new ScriptedUpstream(UNAVAILABLE);
                ScriptedUpstream working = new ScriptedUpstream(FINE);
                RunningSidecar sidecar =
                        RunningSidecar.beforeEndpoints(List.of(broken.port(), working.port()), RETRY)) {
            for (int i = 0; i < 10; i++) {
                assertFine(call(sidecar, Rpc.request("1", "tools/list", "{}")));
            }
            assertEquals(10, working.requests());
        }
    }

    @Test
    void whatBelongsToASessionGoesToItsOwnerAgain() throws Exception {
        AtomicInteger lists = new AtomicInteger();
        Script script = connection -> {
            String request = connection.readRequest();
            if (request.contains("tools/list") && lists.getAndIncrement() == 0) {
                connection.close();
                return;
            }
            String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-06-18\"}}";
            connection.write(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: s1\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
        };
        try (ScriptedUpstream one = new ScriptedUpstream(script);
                ScriptedUpstream two = new ScriptedUpstream(script);
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(List.of(one.port(), two.port()), RETRY);
                RawClient client = new RawClient(sidecar.inbound())) {
            assertFine(client.send(inSession(Rpc.initialize("0"))).readResponse());
            assertFine(
                    client.send(inSession(Rpc.request("1", "tools/list", "{}"))).readResponse());

            assertEquals(2, lists.get());
            assertEquals(0, Math.min(one.requests(), two.requests()), "the other one was asked");
        }
    }

    private static String inSession(String message) {
        String session = message.contains("initialize") ? "" : "Mcp-Session-Id: s1\r\n";
        return "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + session + "Content-Length: "
                + message.length() + "\r\n\r\n" + message;
    }

    @Test
    void whatWasNotSentGoesToAnotherEndpointWithoutBeingAskedFor() throws Exception {
        try (ScriptedUpstream working = new ScriptedUpstream(FINE);
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                        List.of(ScriptedUpstream.refusingPort(), working.port()), "timeout = 20s")) {
            for (int i = 0; i < 10; i++) {
                assertFine(call(sidecar, Rpc.call("1", "delete_all")));
            }
            assertEquals(10, working.requests());
            assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        }
    }

    @Test
    void anAttemptThatTakesTooLongIsGivenUpForAnotherOne() throws Exception {
        Script firstIsSilent = connection -> {
            if (connection.number() == 0) {
                connection.awaitClosed();
            } else {
                FINE.answer(connection);
            }
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(firstIsSilent);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "retry { attempts = 2, per-try-timeout = 3s }, timeout = 20s")) {
            assertFine(call(sidecar, Rpc.request("1", "tools/list", "{}")));

            assertEquals(1, sidecar.metric("upstream_retries_total", "reason=\"try_timeout\""));
        }
    }

    @Test
    void anAttemptThatNoneMayFollowHasAllTheTimeThereIs() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        Script silent = connection -> {
            seen.add(connection.readRequest());
            connection.awaitClosed();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(silent);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "retry { per-try-timeout = 50ms }, timeout = 3s")) {
            String answer = call(sidecar, Rpc.call("1", "delete_all"));

            assertTrue(answer.contains("request_timeout"), answer);
            // What else the server gets is that the call is cancelled.
            assertEquals(
                    1,
                    seen.stream()
                            .filter(request -> request.contains("tools/call"))
                            .count());
        }
    }

    /** The same answer, and a timeout that is longer than the pause or shorter. */
    @ParameterizedTest
    @CsvSource({"20s, 2", "3900ms, 1"})
    void aPauseThatTheUpstreamAsksForIsMadeIfThereIsTime(String timeout, int attempts) throws Exception {
        Script later = says("HTTP/1.1 503 Later\r\nRetry-After: 4\r\nContent-Length: 0\r\n\r\n");
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(later));
                RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "retry {}, timeout = " + timeout)) {
            String answer = call(sidecar, Rpc.request("1", "tools/list", "{}"));

            assertEquals(attempts == 2, answer.startsWith("HTTP/1.1 200 "), answer);
            assertEquals(attempts == 1, answer.contains("Retry-After: 4"), answer);
            assertEquals(attempts, upstream.requests());
        }
    }

    @Test
    void aBodyThatIsTooLongToBeKeptIsSentOnce() throws Exception {
        String message = Rpc.request("1", "tools/list", "{\"x\":\"" + "y".repeat(3000) + "\"}");
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(CLOSES));
                RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "retry { max-body = 2KiB }, timeout = 20s")) {
            call(sidecar, message);

            assertEquals(1, upstream.requests());
        }
    }

    @Test
    void theSameBytesAreSentAgain() throws Exception {
        StringBuffer seen = new StringBuffer();
        Script note = connection -> {
            String request = connection.readRequest();
            seen.append(request.substring(request.indexOf("\r\n\r\n"))).append('|');
            if (seen.indexOf("|") == seen.length() - 1) {
                connection.close();
            } else {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            }
        };
        String message = Rpc.request("1", "resources/read", "{\"uri\":\"" + "u".repeat(40_000) + "\"}");
        try (ScriptedUpstream upstream = new ScriptedUpstream(note);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY)) {
            assertFine(call(sidecar, message));

            assertEquals("\r\n\r\n" + message + "|\r\n\r\n" + message + "|", seen.toString());
        }
    }

    @Test
    void aPlainGetIsRepeatedAndAPlainPostIsNot() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(first(CLOSES, FINE, CLOSES));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), RETRY);
                RawClient client = new RawClient(sidecar.inbound())) {
            assertFine(client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").readResponse());
            assertEquals(2, upstream.requests());

            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 502 "), answer);
            assertEquals(3, upstream.requests());
        }
    }

    private static void assertFine(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
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
