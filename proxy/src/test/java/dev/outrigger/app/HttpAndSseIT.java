package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Behaviour;
import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The transport of 2024-11-05: requests go by POST and are answered 202, what they ask for comes on the GET. A call is one
 * operation from its POST to its answer on the other stream.
 */
class HttpAndSseIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";
    private static final String CALL = "mcp_method_name=\"tools/call\"";

    private final Semaphore mayAnswer = new Semaphore(0);

    /** A server whose sessions are named after it; every request is answered on its stream once the test allows it. */
    private Behaviour server(String name, String parameter, String answer) {
        Map<String, Stream> streams = new ConcurrentHashMap<>();
        return request -> {
            if (request.httpMethod().equals("GET")) {
                String session = name + "-" + streams.size();
                Stream stream = request.stream();
                streams.put(session, stream);
                stream.raw("event: endpoint\ndata: /message?" + parameter + "=" + session + "\n\n");
                stream.awaitClosed();
                return;
            }
            Stream stream = streams.get(request.target().replaceAll(".*=", ""));
            if (stream == null) {
                request.status(404);
                return;
            }
            request.status(202);
            if (!request.id().isEmpty() && !answer.isEmpty()) {
                mayAnswer.acquireUninterruptibly();
                stream.raw("event: message\ndata: " + answer.replace("ID", request.id()) + "\n\n");
            }
        };
    }

    private static String endpointOf(WireMessage stream) throws IOException {
        SseEvent first = stream.event();
        assertEquals("endpoint", first.type());
        return first.data();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}', 'error_type=\"\"', success",
        "'{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{\"isError\":true}}', 'error_type=\"tool_error\"', error",
        "'{\"jsonrpc\":\"2.0\",\"id\":ID,\"error\":{\"code\":-32603,\"message\":\"\"}}', 'error_type=\"-32603\"', error"
    })
    void theAnswerOnTheStreamIsPairedWithItsRequest(String answer, String errorType, String status) throws Exception {
        try (McpUpstream upstream = new McpUpstream(server("a", "sessionId", answer));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller listening = new McpCaller(sidecar).at("/sse");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = listening.get();
            client.at(endpointOf(stream));
            WireMessage accepted = client.post(Rpc.call("\"c-1\"", "echo"));
            assertEquals(202, accepted.status());
            upstream.first("tools/call");
            assertEquals(0, sidecar.metric(OPERATIONS, CALL), "a 202 is no answer");
            mayAnswer.release();
            assertEquals(answer.replace("ID", "\"c-1\""), stream.event().data());
            sidecar.awaitMetric(1, OPERATIONS, CALL, "gen_ai_tool_name=\"echo\"", errorType);
            assertEquals(1, sidecar.metric(OPERATIONS, CALL));
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"" + status + "\""));
            assertEquals(1, sidecar.metric("http_requests_total", "status=\"202\""));
        }
    }

    @Test
    void theDurationOfACallLastsUntilItsAnswer() throws Exception {
        try (McpUpstream upstream =
                        new McpUpstream(server("a", "sessionId", "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller listening = new McpCaller(sidecar).at("/sse");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = listening.get();
            client.at(endpointOf(stream)).post(Rpc.call("1", "echo"));
            long startNanos = System.nanoTime();
            Await.until("some time has passed", DEADLINE, () -> System.nanoTime() - startNanos > 100_000_000);
            mayAnswer.release();
            stream.event();
            sidecar.awaitMetric(1, OPERATIONS, CALL);
            double seconds = sidecar.metric("mcp_tool_execution_duration_seconds_sum", "tool_name=\"echo\"");
            assertTrue(seconds >= 0.1, "took " + seconds + " s");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessionId", "session_id"})
    void requestsReachTheReplicaThatHoldsTheirStream(String parameter) throws Exception {
        String answer = "{\"jsonrpc\":\"2.0\",\"id\":ID,\"result\":{}}";
        try (McpUpstream a = new McpUpstream(server("a", parameter, answer));
                McpUpstream b = new McpUpstream(server("b", parameter, answer));
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(List.of(a.port(), b.port()), "")) {
            mayAnswer.release(1000);
            for (int i = 0; i < 8; i++) {
                try (McpCaller listening = new McpCaller(sidecar).at("/sse")) {
                    WireMessage stream = listening.get();
                    String endpoint = endpointOf(stream);
                    for (int call = 0; call < 3; call++) {
                        try (McpCaller client = new McpCaller(sidecar).at(endpoint)) {
                            assertEquals(
                                    202,
                                    client.post(Rpc.call(Integer.toString(call), "echo"))
                                            .status());
                            assertEquals(
                                    Rpc.result(Integer.toString(call), "{}"),
                                    stream.event().data());
                        }
                    }
                }
            }
            sidecar.awaitMetric(24, OPERATIONS, CALL, "error_type=\"\"");
        }
    }

    /** Two sessions with the same ids at the same time. */
    @Test
    void answersArePairedWithinTheirSession() throws Exception {
        Map<String, Stream> streams = new ConcurrentHashMap<>();
        Behaviour server = request -> {
            if (request.httpMethod().equals("GET")) {
                String session = "s" + streams.size();
                Stream stream = request.stream();
                streams.put(session, stream);
                stream.raw("event: endpoint\ndata: /message?sessionId=" + session + "\n\n");
                stream.awaitClosed();
            } else {
                request.status(202);
            }
        };
        try (McpUpstream upstream = new McpUpstream(server);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller first = new McpCaller(sidecar).at("/sse");
                McpCaller second = new McpCaller(sidecar).at("/sse")) {
            String firstEndpoint = endpointOf(first.get());
            WireMessage secondStream = second.get();
            String secondEndpoint = endpointOf(secondStream);
            post(sidecar, firstEndpoint, Rpc.call("1", "slow"));
            post(sidecar, secondEndpoint, Rpc.call("1", "fast"));
            stream(streams, secondEndpoint).event(Rpc.result("1", "{}"));
            assertEquals(Rpc.result("1", "{}"), secondStream.event().data());
            sidecar.awaitMetric(1, OPERATIONS, CALL, "gen_ai_tool_name=\"fast\"");
            assertEquals(0, sidecar.metric(OPERATIONS, CALL, "gen_ai_tool_name=\"slow\""));
            stream(streams, firstEndpoint).event(Rpc.result("1", "{}"));
            sidecar.awaitMetric(1, OPERATIONS, CALL, "gen_ai_tool_name=\"slow\"");
            assertEquals(2, sidecar.metric(OPERATIONS, CALL));
        }
    }

    @Test
    void callsWhoseStreamBreaksAreCountedOnceAsErrors() throws Exception {
        Map<String, Stream> streams = new ConcurrentHashMap<>();
        Behaviour server = request -> {
            if (request.httpMethod().equals("GET")) {
                Stream stream = request.stream();
                streams.put("s", stream);
                stream.raw("event: endpoint\ndata: /message?sessionId=s\n\n");
                stream.awaitClosed();
            } else {
                request.status(202);
            }
        };
        try (McpUpstream upstream = new McpUpstream(server);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller listening = new McpCaller(sidecar).at("/sse")) {
            String endpoint = endpointOf(listening.get());
            post(sidecar, endpoint, Rpc.call("1", "echo"));
            post(sidecar, endpoint, Rpc.call("2", "echo"));
            stream(streams, endpoint).cut();
            sidecar.awaitMetric(2, OPERATIONS, CALL);
            assertEquals(2, sidecar.metric("mcp_tool_execution_total", "status=\"error\""));
        }
    }

    @Test
    void aCallThatIsNeverAnsweredTimesOut() throws Exception {
        try (McpUpstream upstream = new McpUpstream(server("a", "sessionId", ""));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller listening = new McpCaller(sidecar).at("/sse")) {
            WireMessage stream = listening.get();
            post(sidecar, endpointOf(stream), Rpc.call("1", "echo"));
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"timeout\"");
            Seen cancellation = upstream.first("notifications/cancelled");
            assertTrue(cancellation.body().contains("\"requestId\":1"), cancellation.body());
            assertTrue(cancellation.target().endsWith("?sessionId=a-0"), cancellation.target());
            assertEquals(1, sidecar.metric(OPERATIONS, CALL));
            assertEquals(1, sidecar.metric("mcp_streams_active"), "the stream itself goes on");
        }
    }

    @Test
    void theStreamPassesAsItIs() throws Exception {
        String events = ": hi\n\nevent: endpoint\r\ndata: /message?sessionId=s&x=1\r\n\r\nevent: message\ndata: {}\n\n";
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream("X-Kept: 1");
                    stream.raw(events);
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller listening = new McpCaller(sidecar).at("/sse?a=b")) {
            WireMessage stream = listening.get();
            assertEquals("1", stream.header("x-kept"));
            assertEquals(events, stream.text());
            assertEquals("/sse?a=b", upstream.last().target());
        }
    }

    @Test
    void aSessionEndsWithItsStream() throws Exception {
        try (McpUpstream upstream = new McpUpstream(server("a", "sessionId", ""));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            try (McpCaller listening = new McpCaller(sidecar).at("/sse")) {
                endpointOf(listening.get());
                sidecar.awaitMetric(1, "mcp_sessions_active");
            }
            sidecar.awaitMetric(0, "mcp_sessions_active");
            sidecar.awaitMetric(0, "mcp_streams_active");
            upstream.awaitNoConnection();
        }
    }

    @Test
    void aStreamThatEndsProperlyEndsProperlyForTheClient() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.raw("event: endpoint\ndata: /message?sessionId=s\n\n");
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller listening = new McpCaller(sidecar).at("/sse")) {
            WireMessage stream = listening.get();
            endpointOf(stream);
            assertNull(stream.nextEvent());
        }
    }

    private static Stream stream(Map<String, Stream> streams, String endpoint) {
        Stream stream = streams.get(endpoint.replaceAll(".*=", ""));
        if (stream == null) {
            throw new AssertionError("no stream for " + endpoint);
        }
        return stream;
    }

    private static void post(RunningSidecar sidecar, String endpoint, String body) throws IOException {
        try (McpCaller client = new McpCaller(sidecar).at(endpoint)) {
            assertEquals(202, client.post(body).status());
        }
    }
}
