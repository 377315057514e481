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
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that leave and clients that cancel, in both eras: closing means cancelling in the modern one and nothing in the
 * legacy one, where only a notification cancels.
 */
class CancellationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";
    private static final String SESSION = "s-1";

    private final Semaphore reached = new Semaphore(0);
    private final Semaphore goOn = new Semaphore(0);

    // ---- clients that leave

    @ParameterizedTest(name = "by reset: {0}")
    @ValueSource(booleans = {false, true})
    void aModernCallEndsWithItsClient(boolean byReset) throws Exception {
        Behaviour streaming = request -> {
            request.stream().event(Rpc.progress("1"));
            request.awaitClosed();
        };
        try (McpUpstream upstream = new McpUpstream(streaming);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            McpCaller client = new McpCaller(sidecar);
            client.postModern(Rpc.modernCall("1", "echo")).event();
            leave(client, byReset);
            upstream.awaitNoConnection();
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"cancelled\"");
            assertEquals(1, sidecar.metric(OPERATIONS));
            assertEquals(1, upstream.seen().size(), "nothing is invented");
        }
    }

    @ParameterizedTest(name = "with a stream: {0}")
    @ValueSource(booleans = {false, true})
    void aLegacyCallGoesOnWithoutItsClient(boolean streaming) throws Exception {
        Behaviour patient = request -> {
            if (request.id().equals("2")) {
                request.result("{}");
                return;
            }
            Stream stream = streaming ? request.stream().event(Rpc.progress("1")) : null;
            reached.release();
            goOn.acquireUninterruptibly();
            if (stream == null) {
                request.result("{}");
            } else {
                stream.event(Rpc.result("1", "{}"));
                stream.end();
            }
        };
        try (McpUpstream upstream = new McpUpstream(patient);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "runtime.workers = 1")) {
            McpCaller client = new McpCaller(sidecar).session(SESSION);
            client.sendPost(Rpc.call("1", "echo"));
            reached.acquire();
            if (streaming) {
                client.answer().event();
            }
            leave(client, false);
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            goOn.release();
            sidecar.awaitMetric(1, OPERATIONS);
            sidecar.awaitMetric(1, "upstream_connections", "state=\"idle\"");
            try (McpCaller next = new McpCaller(sidecar).session(SESSION)) {
                assertEquals(
                        Rpc.result("2", "{}"), next.post(Rpc.call("2", "echo")).text());
            }
            assertEquals(
                    1, upstream.connections(), "the first answer was read to its end, and its connection used again");
            assertTrue(upstream.seen("notifications/cancelled").isEmpty(), "leaving is no cancellation");
            assertEquals(2, sidecar.metric(OPERATIONS));
            assertEquals(2, sidecar.metric("http_requests_total"));
        }
    }

    @Test
    void aLegacyStreamThatCanBeResumedIsClosedWithItsClient() throws Exception {
        Behaviour streaming = request -> {
            request.stream().event("e-1", Rpc.progress("1"));
            request.awaitClosed();
        };
        try (McpUpstream upstream = new McpUpstream(streaming);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            McpCaller client = new McpCaller(sidecar).session(SESSION);
            client.post(Rpc.call("1", "echo")).event();
            leave(client, false);
            upstream.awaitNoConnection();
            sidecar.awaitMetric(1, OPERATIONS);
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void aListeningStreamIsClosedWithItsClient() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.stream().awaitClosed());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            McpCaller client = new McpCaller(sidecar).session(SESSION);
            assertEquals(200, client.get().status());
            sidecar.awaitMetric(1, "mcp_streams_active");
            leave(client, false);
            upstream.awaitNoConnection();
            sidecar.awaitMetric(0, "mcp_streams_active");
            assertEquals(1, upstream.seen().size());
        }
    }

    /** One that finishes is not left to run for ever, either: the timeout still holds. */
    @Test
    void aLegacyCallWithoutItsClientStillTimesOut() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(request -> {
                    reached.release();
                    request.awaitClosed();
                }));
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s")) {
            McpCaller client = new McpCaller(sidecar).session(SESSION).sendPost(Rpc.call("1", "echo"));
            reached.acquire();
            leave(client, false);
            upstream.first("notifications/cancelled");
            Await.until("the call's connection is closed", DEADLINE, () -> upstream.openConnections() <= 1);
            sidecar.awaitMetric(1, OPERATIONS);
        }
    }

    /** More than any buffer holds: it has to be taken in, or the server would wait for ever. */
    @Test
    void aLongAnswerIsTakenInAlsoWithoutItsClient() throws Exception {
        String big = "{\"text\":\"" + "x".repeat(20_000_000) + "\"}";
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(request -> {
                    if (request.id().equals("1")) {
                        reached.release();
                        goOn.acquireUninterruptibly();
                        request.result(big);
                    } else {
                        request.result("{}");
                    }
                }));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "runtime.workers = 1")) {
            McpCaller client = new McpCaller(sidecar).session(SESSION).sendPost(Rpc.call("1", "echo"));
            reached.acquire();
            leave(client, true);
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            goOn.release();
            sidecar.awaitMetric(1, "upstream_connections", "state=\"idle\"");
            try (McpCaller next = new McpCaller(sidecar).session(SESSION)) {
                assertEquals(
                        Rpc.result("2", "{}"), next.post(Rpc.call("2", "echo")).text());
            }
            assertEquals(1, upstream.connections());
        }
    }

    /** It has stopped reading, and then it is gone. */
    @Test
    void aClientThatLeavesAFullConnectionCancelsNothing() throws Exception {
        String big = "{\"text\":\"" + "x".repeat(20_000_000) + "\"}";
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(request -> {
                    if (request.id().equals("1")) {
                        reached.release();
                        request.result(big);
                    } else {
                        request.result("{}");
                    }
                }));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "runtime.workers = 1")) {
            McpCaller client = new McpCaller(sidecar).session(SESSION);
            assertEquals(200, client.post(Rpc.call("1", "echo")).status());
            leave(client, true);
            sidecar.awaitMetric(1, OPERATIONS);
            sidecar.awaitMetric(1, "upstream_connections", "state=\"idle\"");
            try (McpCaller next = new McpCaller(sidecar).session(SESSION)) {
                assertEquals(
                        Rpc.result("2", "{}"), next.post(Rpc.call("2", "echo")).text());
            }
            assertEquals(1, upstream.connections());
            assertEquals(2, sidecar.metric(OPERATIONS));
        }
    }

    // ---- clients that cancel

    @Test
    void aCancelledCallIsRecordedAsSuchAndItsTimerStops() throws Exception {
        Behaviour obedient = McpUpstream.calls(request -> {
            Stream stream = request.stream().event(Rpc.progress("1"));
            goOn.acquireUninterruptibly();
            stream.end();
        });
        try (McpUpstream upstream = new McpUpstream(obedient);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 3s");
                McpCaller client = new McpCaller(sidecar).session(SESSION);
                McpCaller second = new McpCaller(sidecar).session(SESSION)) {
            WireMessage stream = client.post(Rpc.call("\"a\"", "echo"));
            stream.event();
            assertEquals(
                    202,
                    second.post(Rpc.notification(
                                    "notifications/cancelled", "{\"requestId\":\"a\",\"reason\":\"changed my mind\"}"))
                            .status());
            assertTrue(upstream.first("notifications/cancelled").body().contains("changed my mind"));
            long startNanos = System.nanoTime();
            Await.until("the timeout is over", DEADLINE, () -> System.nanoTime() - startNanos > 3_500_000_000L);
            goOn.release();
            assertNull(stream.nextEvent(), "neither a timeout nor a missing answer is made up");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"cancelled\"");
            assertEquals(1, sidecar.metric(OPERATIONS, "mcp_method_name=\"tools/call\""));
            assertEquals(1, sidecar.metric(OPERATIONS, "mcp_method_name=\"notifications/cancelled\""));
            assertEquals(1, upstream.seen("notifications/cancelled").size(), "and no second one");
        }
    }

    @Test
    void aCancellationReachesTheReplicaOfItsSession() throws Exception {
        Behaviour holding = McpUpstream.calls(request -> {
            request.stream().event(Rpc.progress("1"));
            request.awaitClosed();
        });
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", holding));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", holding));
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(List.of(a.port(), b.port()), "")) {
            for (int i = 0; i < 8; i++) {
                String session;
                try (McpCaller opening = new McpCaller(sidecar)) {
                    session = opening.post(Rpc.initialize(Integer.toString(i))).header("mcp-session-id");
                }
                try (McpCaller client = new McpCaller(sidecar).session(session);
                        McpCaller second = new McpCaller(sidecar).session(session)) {
                    client.post(Rpc.call("1", "echo")).event();
                    second.post(Rpc.notification("notifications/cancelled", "{\"requestId\":1}"));
                }
            }
            for (Seen seen : a.seen("notifications/cancelled")) {
                assertTrue(seen.header("mcp-session-id").startsWith("a-"), seen.toString());
            }
            for (Seen seen : b.seen("notifications/cancelled")) {
                assertTrue(seen.header("mcp-session-id").startsWith("b-"), seen.toString());
            }
            sidecar.awaitMetric(8, "mcp_tool_execution_total", "status=\"cancelled\"");
        }
    }

    @Test
    void theSameIdInAnotherSessionIsAnotherCall() throws Exception {
        Behaviour patient = McpUpstream.calls(request -> {
            Stream stream = request.stream().event(Rpc.progress("1"));
            goOn.acquireUninterruptibly();
            stream.event(Rpc.result("1", "{}"));
            stream.end();
        });
        try (McpUpstream upstream = new McpUpstream(patient);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller mine = new McpCaller(sidecar).session("s-mine");
                McpCaller other = new McpCaller(sidecar).session("s-other")) {
            WireMessage stream = mine.post(Rpc.call("1", "echo"));
            stream.event();
            assertEquals(
                    202,
                    other.post(Rpc.notification("notifications/cancelled", "{\"requestId\":1}"))
                            .status());
            goOn.release();
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
            assertEquals(0, sidecar.metric("mcp_tool_execution_total", "status=\"cancelled\""));
        }
    }

    private static void leave(McpCaller client, boolean byReset) throws IOException {
        if (byReset) {
            client.connection().reset();
        } else {
            client.close();
        }
    }
}
