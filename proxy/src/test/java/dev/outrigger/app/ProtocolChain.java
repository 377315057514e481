package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.Certificates.Authority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar between protocols that tests do not speak themselves: a sidecar in front of it makes them of HTTP/1.1, and one
 * behind it turns HTTP/2 into HTTP/1.1 again. So everything that tests do over HTTP/1.1 can be done to it.
 *
 * <p>Each has one worker, so that it is known how many connections there are between them.
 */
final class ProtocolChain implements AutoCloseable {
    /**
     * What the sidecar in the middle speaks.
     *
     * @param http2 with its clients, else HTTP/1.1
     * @param tls whether over TLS
     * @param http2Upstream with its upstream, else HTTP/1.1
     */
    record Way(boolean http2, boolean tls, boolean http2Upstream) {
        static List<Way> all() {
            List<Way> all = new ArrayList<>();
            for (int bits = 0; bits < 8; bits++) {
                all.add(new Way((bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0));
            }
            return all;
        }

        @Override
        public String toString() {
            return (http2 ? "h2" : "http/1.1") + (tls ? " over TLS" : "") + " to "
                    + (http2Upstream ? "h2" : "http/1.1");
        }
    }

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String REQUESTS = "http_requests_total";
    private static final String STREAMS = "outrigger_http2_streams_total";

    private final Way way;
    private final Path accessLog;
    /** The one nearest to the client first. */
    private final Deque<RunningSidecar> sidecars = new ArrayDeque<>();

    private final @Nullable RunningSidecar back;
    private final RunningSidecar middle;
    private final RunningSidecar front;

    /** @param directory for certificates and the log; of this chain alone */
    ProtocolChain(Way way, Path directory, int serverPort) throws Exception {
        this.way = way;
        this.accessLog = directory.resolve("access.log");
        try {
            this.back = way.http2Upstream ? start(serverPort) : null;
            this.middle = start(
                    back == null ? serverPort : back.inbound().getPort(),
                    "upstreams.app.protocol = " + (way.http2Upstream ? "http2" : "http1"),
                    "telemetry.access-log.path = \"" + accessLog + "\"",
                    way.tls ? shown(directory) : "");
            this.front = start(
                    middle.inbound().getPort(),
                    "upstreams.app.protocol = " + (way.http2 ? "http2" : "http1"),
                    way.tls ? "upstreams.app.tls.ca-file = \"" + directory.resolve("ca.pem") + "\"" : "");
        } catch (Exception | Error e) {
            close();
            throw e;
        }
    }

    private RunningSidecar start(int upstreamPort, String... more) throws Exception {
        RunningSidecar started = RunningSidecar.beforeWithRoute(
                upstreamPort,
                "timeout = 5m",
                "runtime.workers = 1",
                "lifecycle.drain-timeout = 50ms",
                String.join("\n", more));
        sidecars.addFirst(started);
        return started;
    }

    private static String shown(Path directory) throws IOException {
        Authority authority = new Authority("chain root");
        authority.write(directory.resolve("ca.pem"));
        authority.issue("middle", "ip:127.0.0.1").write(directory.resolve("own.crt"), directory.resolve("own.key"));
        return "listeners.inbound.tls.certificates = [{ certificate-file = \"%1$s/own.crt\", key-file = \"%1$s/own.key\" }]"
                .formatted(directory);
    }

    /** Where clients connect, with HTTP/1.1. */
    InetSocketAddress inbound() {
        return front.inbound();
    }

    /** The sidecar that the chain is about. */
    RunningSidecar middle() {
        return middle;
    }

    /** Connections between the first and the middle one so far. */
    double connectsToMiddle() throws IOException, InterruptedException {
        return front.metric("upstream_connects_total");
    }

    /** Connections from the middle one towards the server so far. */
    double connectsFromMiddle() throws IOException, InterruptedException {
        return middle.metric("upstream_connects_total");
    }

    /** Waits until every sidecar has counted as many exchanges and none goes on; then they never were more. */
    void awaitExchanges(int expected) throws IOException, InterruptedException {
        for (RunningSidecar sidecar : sidecars) {
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
            sidecar.awaitMetric(expected, REQUESTS);
        }
        assertSpoken(expected);
    }

    /** That all exchanges of the middle one were in the protocols that it is there for. */
    private void assertSpoken(int exchanges) throws IOException, InterruptedException {
        assertEquals(way.http2 ? exchanges : 0, middle.metric(STREAMS), "streams of its clients");
        if (back != null) {
            assertEquals(exchanges, back.metric(STREAMS), "streams to its upstream");
        }
        double handshakes = middle.metric("outrigger_tls_handshakes_total", "side=\"downstream\"", "result=\"ok\"");
        assertEquals(way.tls ? connectsToMiddle() : 0, handshakes, "handshakes");
        Await.until("all exchanges are in the access log", DEADLINE, () -> logged().size() >= exchanges);
        assertEquals(exchanges, logged().size());
        String protocol = "\"protocol\":\"" + (way.http2 ? "HTTP/2" : "HTTP/1.1") + "\"";
        for (String line : logged()) {
            assertTrue(line.contains(protocol), line);
            assertEquals(way.tls, line.contains("\"tls\":\"TLSv1.3\""), line);
        }
    }

    private List<String> logged() {
        try {
            return Files.readAllLines(accessLog);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        sidecars.forEach(RunningSidecar::close);
    }
}
