package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.RequiresTool;
import dev.outrigger.transport.Hellos;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One port for all that there is: what the first bytes say decides where a connection goes. */
class DetectionIT {
    private static final String DETECTIONS = "outrigger_protocol_detections_total";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private OpaquePeer opaque;
    private OpaquePeer named;
    private McpUpstream http;
    private RunningSidecar sidecar;

    @BeforeEach
    void listen() throws Exception {
        opaque = new OpaquePeer();
        named = new OpaquePeer();
        http = new McpUpstream(request -> request.json("{\"from\":\"http\"}"));
        sidecar = start("detect-timeout = 30s");
    }

    private RunningSidecar start(String tcp) throws Exception {
        return RunningSidecar.before(
                http.port(),
                "listeners.inbound { protocol = auto",
                "tcp { upstream = opaque, sni { \"*.example.com\" = named }, " + tcp + " } }",
                "upstreams.opaque { endpoints = [\"127.0.0.1:" + opaque.port() + "\"], health-check.type = none }",
                "upstreams.named { endpoints = [\"127.0.0.1:" + named.port() + "\"], health-check.type = none }");
    }

    @AfterEach
    void close() throws Exception {
        sidecar.close();
        http.close();
        named.close();
        opaque.close();
    }

    private RawClient connect() throws IOException {
        return new RawClient(sidecar.inbound());
    }

    @Test
    void aRequestGoesByItsRoute() throws Exception {
        try (RawClient client = connect()) {
            assertTrue(client.send(GET).readToEnd().endsWith("{\"from\":\"http\"}"));
        }
        sidecar.awaitMetric(1, DETECTIONS, "listener=\"inbound\"", "protocol=\"http/1.1\"");
        assertEquals(1, sidecar.metric("outrigger_protocol_detection_duration_seconds_count"));
    }

    @Test
    void aRequestThatComesByteByByteGoesByItsRouteToo() throws Exception {
        try (RawClient client = connect()) {
            for (int i = 0; i < GET.length(); i++) {
                client.send(GET.substring(i, i + 1));
            }
            assertTrue(client.readToEnd().endsWith("{\"from\":\"http\"}"));
        }
    }

    @Test
    @RequiresTool("curl")
    void http2WithPriorKnowledgeIsHttp2() throws Exception {
        Process curl = new ProcessBuilder(
                        "curl",
                        "-s",
                        "--max-time",
                        "20",
                        "--http2-prior-knowledge",
                        "-w",
                        "%{http_version}",
                        sidecar.uri("/").toString())
                .start();
        String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("{\"from\":\"http\"}2", answer);
        sidecar.awaitMetric(1, DETECTIONS, "protocol=\"h2\"");
    }

    @Test
    void tlsGoesUnopenedByTheNameThatItAsksFor() throws Exception {
        byte[] hello = Hellos.of("db.example.com");
        try (RawClient client = connect().send(hello);
                RawClient server = named.accept()) {
            assertEquals(new String(hello, StandardCharsets.ISO_8859_1), read(server, hello.length));
            server.send("whatever it answers");
            client.readUntil("answers");
        }
        sidecar.awaitMetric(1, DETECTIONS, "protocol=\"tls\"");
        sidecar.awaitMetric(1, "outrigger_tcp_connections_total", "server=\"named\"");
    }

    @Test
    void tlsWithoutAKnownNameGoesWhereTheRestGoes() throws Exception {
        for (String name : new String[] {"", "example.org"}) {
            byte[] hello = Hellos.of(name);
            try (RawClient client = connect().send(hello);
                    RawClient server = opaque.accept()) {
                assertEquals(new String(hello, StandardCharsets.ISO_8859_1), read(server, hello.length));
                client.shutdownOutput();
                assertEquals("", server.readToEnd());
            }
        }
    }

    @Test
    void whatIsNothingElseIsOpaque() throws Exception {
        try (RawClient client = connect().send("SSH-2.0-client\r\n");
                RawClient server = opaque.accept()) {
            assertEquals("SSH-2.0-client\r\n", server.readUntil("\r\n"));
            server.send("SSH-2.0-server\r\n");
            assertEquals("SSH-2.0-server\r\n", client.readUntil("\r\n"));
        }
        sidecar.awaitMetric(1, DETECTIONS, "protocol=\"opaque\"");
        assertEquals(0, sidecar.metric("outrigger_protocol_detection_timeouts_total"));
    }

    @Test
    void whoEndsBeforeItIsKnownIsOpaqueWithWhatIsThere() throws Exception {
        try (RawClient client = connect().send("GET")) {
            client.shutdownOutput();
            try (RawClient server = opaque.accept()) {
                assertEquals("GET", server.readToEnd());
                server.send("answer").shutdownOutput();
                assertEquals("answer", client.readToEnd());
            }
        }
    }

    @Test
    void whereTheServerSpeaksFirstTheClientsSilenceIsWaitedFor() throws Exception {
        sidecar.close();
        sidecar = start("detect-timeout = 100ms");
        try (RawClient client = connect();
                RawClient server = opaque.accept()) {
            server.send("220 ready\r\n");
            assertEquals("220 ready\r\n", client.readUntil("\r\n"));
            client.send("EHLO a\r\n");
            assertEquals("EHLO a\r\n", server.readUntil("\r\n"));
        }
        sidecar.awaitMetric(1, "outrigger_protocol_detection_timeouts_total", "listener=\"inbound\"");
    }

    @Test
    void whoOnlyLooksWhetherThePortIsOpenReachesNobody() throws Exception {
        connect().close();
        try (RawClient client = connect()) {
            client.shutdownOutput();
            assertEquals("", client.readToEnd());
        }
        assertEquals(0, sidecar.metric(DETECTIONS));
        assertEquals(0, sidecar.metric("outrigger_tcp_connections_total"));
    }

    @Test
    void aDrainDoesNotWaitForWhoSaysNothing() throws Exception {
        try (RawClient client = connect()) {
            sidecar.close();
            assertEquals("", client.readToEnd().replace("<reset>", ""));
        }
    }

    private static String read(RawClient from, int length) throws IOException {
        return new String(from.in().readNBytes(length), StandardCharsets.ISO_8859_1);
    }
}
