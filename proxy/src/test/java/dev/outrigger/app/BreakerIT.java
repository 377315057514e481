package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** An upstream that dies and comes back, seen by its clients and by the operator. */
class BreakerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void opensAfterFiveFailuresAndClosesAfterOneGoodProbe() throws Exception {
        int port = Ports.free();
        ScriptedUpstream upstream =
                new ScriptedUpstream(port, ScriptedUpstream.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
        try (RunningSidecar sidecar = RunningSidecar.before(port, "upstreams.app.breaker.open-for = 8s");
                RawClient client = new RawClient(sidecar.inbound())) {
            assertTrue(call(client, 1).contains("\"result\""));
            upstream.close();
            for (int i = 0; i < 5; i++) {
                String answer = call(client, i);
                assertTrue(answer.contains("\"code\":10001") || answer.contains("\"code\":10009"), answer);
            }
            String refused = call(client, 42);
            assertTrue(refused.contains("\"code\":10002"), refused);
            assertTrue(refused.contains("\"id\":42"), refused);
            assertTrue(refused.contains("\"retry_after_ms\":"), refused);
            assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"open\""));
            assertEquals(0, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"closed\""));
            assertTrue(sidecar.admin("/breakers").body().contains("\"open\""));
            assertEquals(503, sidecar.status("/health/mcp").statusCode());
            assertTrue(sidecar.status("/health/mcp").body().contains("breaker open"));
            double connects = attempts(sidecar);
            call(client, 43);
            assertEquals(connects, attempts(sidecar), "an open breaker touches no network");

            try (ScriptedUpstream back =
                    new ScriptedUpstream(port, ScriptedUpstream.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"))) {
                Await.until("the probe closes the breaker", DEADLINE, () -> {
                    try {
                        return call(client, 44).contains("\"result\"");
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertEquals(1, back.requests(), "the first probe closes it");
                assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"closed\""));
                assertEquals(200, sidecar.status("/health/mcp").statusCode());
                assertTrue(call(client, 45).contains("\"result\""));
            }
        }
    }

    @Test
    void serverErrorsOpenItAndTheOperatorClosesIt() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    connection.write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            for (int i = 0; i < 5; i++) {
                assertTrue(client.send(get).readResponse().endsWith("oops"), "the server's own answer passes");
            }
            String refused = client.send(get).readResponse();
            assertTrue(refused.startsWith("HTTP/1.1 503 "), refused);
            assertTrue(refused.toLowerCase(Locale.ROOT).contains("retry-after: "), refused);
            assertEquals(5, upstream.requests());
            assertEquals(200, sidecar.adminPost("/breakers/app/reset").statusCode());
            assertTrue(client.send(get).readResponse().endsWith("oops"));
            assertEquals(6, upstream.requests());
        }
    }

    @Test
    void clientErrorsSayNothingAboutTheServer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    connection.write("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nwait");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            for (int i = 0; i < 20; i++) {
                assertTrue(client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .readResponse()
                        .endsWith("wait"));
            }
            assertEquals(20, upstream.requests());
        }
    }

    private static double attempts(RunningSidecar sidecar) throws IOException, InterruptedException {
        return sidecar.metric("upstream_connects_total") + sidecar.metric("upstream_connect_failures_total");
    }

    private static String call(RawClient client, int id) throws IOException {
        String body =
                "{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"},\"jsonrpc\":\"2.0\",\"id\":" + id + "}";
        return client.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .readResponse();
    }
}
