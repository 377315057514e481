package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** With everything down a retry storm is impossible, whatever the number of attempts, and even without a breaker. */
class RetryBudgetIT {
    private static final int REQUESTS = 400;
    private static final String CALL = Rpc.request("1", "tools/list", "{}");
    private static final String REQUEST =
            "POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " + CALL.length()
                    + "\r\n\r\n" + CALL;

    @Test
    void whatDoesNotServeGetsAFifthMoreThanIsAskedAndNoMore() throws Exception {
        holdsForAnUpstreamThat(connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n");
        });
    }

    @Test
    void whatResetsEveryRequestGetsAFifthMoreThanIsAskedAndNoMore() throws Exception {
        holdsForAnUpstreamThat(connection -> {
            connection.readRequest();
            connection.reset();
        });
    }

    private static void holdsForAnUpstreamThat(ScriptedUpstream.Script fails) throws Exception {
        try (ScriptedUpstream one = new ScriptedUpstream(fails);
                ScriptedUpstream two = new ScriptedUpstream(fails);
                RunningSidecar sidecar = sidecar(one.port(), two.port())) {
            int attempts = attemptsFor(sidecar);

            assertEquals(attempts, one.requests() + two.requests());
        }
    }

    @Test
    void whatResetsEveryConnectionGetsAFifthMoreThanIsAskedAndNoMore() throws Exception {
        try (Resetting one = new Resetting();
                Resetting two = new Resetting();
                RunningSidecar sidecar = sidecar(one.port(), two.port())) {
            int attempts = attemptsFor(sidecar);

            assertEquals(attempts, one.connections() + two.connections());
        }
    }

    @Test
    void whereNobodyListensThereIsAFifthMoreThanIsAskedAndNoMore() throws Exception {
        try (RunningSidecar sidecar = sidecar(ScriptedUpstream.refusingPort(), ScriptedUpstream.refusingPort())) {
            int attempts = attemptsFor(sidecar);

            assertEquals(attempts, sidecar.metric("upstream_connect_failures_total", "server=\"app\""));
        }
    }

    private static RunningSidecar sidecar(int one, int two) throws Exception {
        return RunningSidecar.beforeEndpoints(
                List.of(one, two),
                "retry { attempts = 5, backoff { base = 1ms, max = 1ms } }",
                "upstreams.app.breaker.consecutive-failures = 10000");
    }

    /** How many there were for {@link #REQUESTS}, by the sidecar's own count. */
    private static int attemptsFor(RunningSidecar sidecar) throws Exception {
        long startNanos = System.nanoTime();
        try (RawClient client = new RawClient(sidecar.inbound())) {
            for (int i = 0; i < REQUESTS; i++) {
                assertFalse(client.send(REQUEST).readResponse().contains("\"result\""));
            }
        }
        int retries = (int) sidecar.metric("upstream_retries_total");
        assertTrue(
                retries <= REQUESTS * 0.2 + reserve(System.nanoTime() - startNanos),
                retries + " retries of " + REQUESTS + " requests");
        assertTrue(retries > REQUESTS / 10, "there were retries at all");
        assertTrue(sidecar.metric("upstream_retry_budget_exhausted_total", "server=\"app\"") > 0);
        return REQUESTS + retries;
    }

    /** Ten retries in ten seconds are always allowed; on a machine so slow that this goes on for longer, they add up. */
    private static long reserve(long elapsedNanos) {
        return 10 * (TimeUnit.NANOSECONDS.toSeconds(elapsedNanos) / 10);
    }

    /** Accepts connections and resets them before anything is read. */
    private static final class Resetting implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();

        Resetting() throws IOException {
            Thread accepting = new Thread(this::accept, "resetting");
            accepting.setDaemon(true);
            accepting.start();
        }

        private void accept() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    connections.incrementAndGet();
                    socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    // Closed, which ends it, or a connection that has gone by itself.
                }
            }
        }

        int port() {
            return server.getLocalPort();
        }

        int connections() {
            return connections.get();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
