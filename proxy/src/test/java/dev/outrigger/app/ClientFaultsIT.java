package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.ScriptedUpstream.Script;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that leaves, in each phase of an exchange: counted once as cancelled, and nothing of it stays. */
class ClientFaultsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"slow\",\"arguments\":{}}}";
    /** Of the era in which a client that leaves has cancelled what it asked for. */
    private static final String HEAD = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "MCP-Protocol-Version: 2026-07-28\r\n";

    private final Semaphore reached = new Semaphore(0);

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private RunningSidecar before(int upstreamPort, String... more) throws Exception {
        return RunningSidecar.before(upstreamPort, "runtime.transport = " + transport(), String.join("\n", more));
    }

    @ParameterizedTest(name = "by reset: {0}")
    @ValueSource(booleans = {false, true})
    void leavesInsideTheBody(boolean byReset) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("{}"));
                RunningSidecar sidecar = before(upstream.port())) {
            RawClient client = new RawClient(sidecar.inbound());
            client.send(HEAD + "Content-Length: 1000\r\n\r\n{\"jsonrpc\":");
            Await.until("the exchange has begun", DEADLINE, () -> gauge(sidecar, "outrigger_exchanges_active") == 1);
            leave(client, byReset);
            assertCancelledOnce(sidecar, upstream);
            assertEquals(0, upstream.requests(), "nothing was sent");
        }
    }

    @ParameterizedTest(name = "by reset: {0}")
    @ValueSource(booleans = {false, true})
    void leavesWhileTheUpstreamThinks(boolean byReset) throws Exception {
        Script silent = connection -> {
            connection.readRequest();
            reached.release();
            connection.awaitClosed();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(silent);
                RunningSidecar sidecar = before(upstream.port())) {
            RawClient client = new RawClient(sidecar.inbound());
            client.send(HEAD + "Content-Length: " + CALL.length() + "\r\n\r\n" + CALL);
            reached.acquire();
            leave(client, byReset);
            assertCancelledOnce(sidecar, upstream);
            assertEquals(1, sidecar.metric("mcp_tool_execution_total", "status=\"cancelled\"", "tool_name=\"slow\""));
        }
    }

    @ParameterizedTest(name = "by reset: {0}")
    @ValueSource(booleans = {false, true})
    void leavesInsideAStream(boolean byReset) throws Exception {
        Script streaming = connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "d\r\ndata: {\"a\":1}\r\n");
            connection.awaitClosed();
        };
        try (ScriptedUpstream upstream = new ScriptedUpstream(streaming);
                RunningSidecar sidecar = before(upstream.port())) {
            RawClient client = new RawClient(sidecar.inbound());
            client.send(HEAD + "Content-Length: " + CALL.length() + "\r\n\r\n" + CALL);
            client.readUntil("data: {\"a\":1}");
            leave(client, byReset);
            assertCancelledOnce(sidecar, upstream);
        }
    }

    @Test
    void aBodyThatTurnsToGarbageIsAnsweredAndClosed() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("{}"));
                RunningSidecar sidecar = before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"jso\r\nzz\r\n");
            String answer = client.readToEnd();
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertEquals(1, sidecar.metric("http_requests_total", "status=\"400\""));
        }
    }

    @Test
    void aHeadThatNeverEndsIsAnswered408() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("{}"));
                RunningSidecar sidecar = before(upstream.port(), "listeners.inbound.request-head-timeout = 3s");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send("GET / HTTP/1.1\r\nHost: loc").readToEnd();
            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("{}"));
                RunningSidecar sidecar = before(upstream.port(), "listeners.inbound.idle-timeout = 200ms");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").readResponse();
            assertEquals("", client.readToEnd());
        }
    }

    private static void leave(RawClient client, boolean byReset) throws IOException {
        if (byReset) {
            client.reset();
        } else {
            client.close();
        }
    }

    private static void assertCancelledOnce(RunningSidecar sidecar, ScriptedUpstream upstream) throws Exception {
        Await.until("the exchange has ended", DEADLINE, () -> gauge(sidecar, "http_requests_total") == 1);
        Await.until("the upstream connection has ended", DEADLINE, () -> upstream.openConnections() == 0);
        assertEquals(0, gauge(sidecar, "outrigger_exchanges_active"));
        assertEquals(0, sidecar.metric("circuit_breaker_calls_total", "outcome=\"failure\""));
        Await.until("no connection is left", DEADLINE, () -> gauge(sidecar, "upstream_connections") == 0);
    }

    private static double gauge(RunningSidecar sidecar, String name) {
        try {
            return sidecar.metric(name);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
