package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener whose connections pass as they are: every byte, every end, and what is told of them. */
class TcpIT {
    private static final String CONNECTIONS = "outrigger_tcp_connections_total";
    private static final String BYTES = "outrigger_tcp_bytes_total";

    @TempDir
    private Path directory;

    private OpaquePeer peer;
    private RunningSidecar sidecar;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeEach
    void listen() throws Exception {
        peer = new OpaquePeer();
        sidecar = start("idle-timeout = 1h");
    }

    private RunningSidecar start(String tcp, String... more) throws Exception {
        return RunningSidecar.before(
                peer.port(),
                "listeners.inbound { protocol = tcp, tcp { upstream = app, " + tcp + " } }",
                "runtime.transport = " + transport(),
                "telemetry.access-log.path = \"" + directory.resolve("access.log") + '"',
                String.join("\n", more));
    }

    @AfterEach
    void close() throws Exception {
        sidecar.close();
        peer.close();
    }

    private RawClient connect() throws IOException {
        return new RawClient(sidecar.inbound());
    }

    @Test
    void eachDirectionEndsByItself() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("question").shutdownOutput();
            assertEquals("question", server.readToEnd());
            server.send("answer after the end of the question").shutdownOutput();
            assertEquals("answer after the end of the question", client.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "listener=\"inbound\"", "server=\"app\"", "outcome=\"success\"");
        assertEquals(8, sidecar.metric(BYTES, "server=\"app\"", "direction=\"client\""));
        assertEquals(36, sidecar.metric(BYTES, "server=\"app\"", "direction=\"server\""));
        assertEquals(1, sidecar.metric("outrigger_tcp_connection_duration_seconds_count", "server=\"app\""));
        sidecar.awaitMetric(0, "outrigger_tcp_connections_active");
    }

    @Test
    void theServerMaySpeakFirstAndEndFirst() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            server.send("220 ready\r\n").shutdownOutput();
            assertEquals("220 ready\r\n", client.readToEnd());
            client.send("still listening?").shutdownOutput();
            assertEquals("still listening?", server.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"success\"");
    }

    @Test
    void anOpenConnectionCountsAsActive() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("x");
            assertEquals("x", server.readUntil("x"));
            assertEquals(1, sidecar.metric("outrigger_tcp_connections_active", "server=\"app\""));
            assertEquals(1, sidecar.metric("upstream_connections", "server=\"app\"", "state=\"active\""));
            assertEquals(1, sidecar.metric(BYTES, "direction=\"client\""));
        }
        sidecar.awaitMetric(0, "upstream_connections", "server=\"app\"");
    }

    @Test
    void aPeerThatDoesNotReadHoldsTheOtherBack() throws Exception {
        passHeldBack(false);
    }

    @Test
    void whoEndsWhileHeldBackIsReadToTheEnd() throws Exception {
        passHeldBack(true);
    }

    /** @param endsMeanwhile whether the client ends its side while it is held back */
    void passHeldBack(boolean endsMeanwhile) throws Exception {
        byte[] large = new byte[96 * 1024 * 1024];
        new SplittableRandom(1).nextBytes(large);
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    client.send(large);
                    if (endsMeanwhile) {
                        client.shutdownOutput();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitStandstill();
            double passed = sidecar.metric(BYTES, "direction=\"client\"");
            assertTrue(passed < large.length, "all of it was taken in: " + passed);
            assertArrayEquals(digest(large), digest(server.in().readNBytes(large.length)));
            sent.get();
            if (!endsMeanwhile) {
                client.shutdownOutput();
            }
            assertEquals("", server.readToEnd());
        }
        sidecar.awaitMetric(large.length, BYTES, "direction=\"client\"");
    }

    /** Waits until the count of bytes has not changed over a number of looks. */
    private void awaitStandstill() {
        double[] seen = {0};
        int[] same = {0};
        Await.until("bytes stand still", Duration.ofSeconds(30), () -> {
            try {
                double now = sidecar.metric(BYTES, "direction=\"client\"");
                same[0] = now > 0 && now == seen[0] ? same[0] + 1 : 0;
                seen[0] = now;
                return same[0] >= 20;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static byte[] digest(byte[] bytes) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    @Test
    void aClientsResetReachesTheServer() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("x");
            server.readUntil("x");
            client.reset();
            assertEquals("<reset>", server.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"cancelled\"");
    }

    @Test
    void aServersResetReachesTheClient() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("x");
            server.readUntil("x");
            server.reset();
            assertEquals("<reset>", client.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"error\"");
    }

    @Test
    void whereNobodyListensTheClientIsResetAndTheBreakerOpens() throws Exception {
        peer.close();
        for (int i = 0; i < 5; i++) {
            try (RawClient client = connect()) {
                assertEquals("<reset>", client.readToEnd());
            }
        }
        sidecar.awaitMetric(5, CONNECTIONS, "outcome=\"error\"");
        assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"open\""));
        try (RawClient client = connect()) {
            assertEquals("<reset>", client.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"rejected\"");
        sidecar.awaitMetric(0, "outrigger_tcp_connections_active");
    }

    @Test
    void silenceInBothDirectionsEndsIt() throws Exception {
        sidecar.close();
        sidecar = start("idle-timeout = 1s");
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            assertEquals("<reset>", client.readToEnd());
            assertEquals("<reset>", server.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"timeout\"");
    }

    @Test
    void aDrainLetsItGoOnUntilItsDeadline() throws Exception {
        sidecar.close();
        sidecar = start("idle-timeout = 1h", "lifecycle.drain-timeout = 5s");
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("x");
            server.readUntil("x");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(sidecar::close);
            server.send("y");
            assertEquals("y", client.readUntil("y"));
            assertEquals("<reset>", client.readToEnd());
            assertEquals("<reset>", server.readToEnd());
            stopped.get();
        }
    }

    @Test
    void theAccessLogTellsOfIt() throws Exception {
        try (RawClient client = connect();
                RawClient server = peer.accept()) {
            client.send("four").shutdownOutput();
            assertEquals("four", server.readToEnd());
            server.send("twelve bytes").shutdownOutput();
            assertEquals("twelve bytes", client.readToEnd());
        }
        sidecar.awaitMetric(1, CONNECTIONS, "outcome=\"success\"");
        sidecar.close();
        String line = Files.readString(directory.resolve("access.log"));
        assertTrue(line.contains("\"client\":\"127.0.0.1\",\"protocol\":\"tcp\",\"outcome\":\"success\""), line);
        assertTrue(line.contains("\"listener\":\"inbound\",\"config\":1,\"upstream\":\"app\""), line);
        assertTrue(line.contains("\"request_bytes\":4,\"response_bytes\":12"), line);
        assertEquals(1, line.lines().count(), line);
    }
}
