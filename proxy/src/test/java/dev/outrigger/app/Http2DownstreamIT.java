package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that speak HTTP/2 with prior knowledge, on the port that others speak HTTP/1.1 on. */
class Http2DownstreamIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int STREAMS = 100;
    private static final int ROUNDS = 5;
    private static final int BIG = 32 * 1024 * 1024;
    /** Far more than windows and the kernel's buffers hold, far less than a body. */
    private static final int HELD_AT_MOST = 20 * 1024 * 1024;

    private static final String PATIENT = "lifecycle.drain-timeout = 5m";

    private final Semaphore goOn = new Semaphore(0);

    @TempDir
    private Path directory = Path.of(".");

    @Test
    void requestsOfBothVersionsAreAnsweredOnOnePort() throws Exception {
        List<String> seen = new ArrayList<>();
        Path log = directory.resolve("access.log");
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    seen.add(connection.readRequest());
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Case: Kept\r\n\r\nok");
                });
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "telemetry.access-log.path = \"" + log + "\"");
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream get = client.get("/a?b=c");
            assertEquals("ok", get.awaitEnd());
            assertEquals("200", get.status());
            assertEquals("Kept", text(get.awaitHead(), "x-case"));
            Http2Peer.Stream post = client.open(client.head("POST", "/p").add("content-length", "5"), false);
            post.data("hello", true);
            assertEquals("ok", post.awaitEnd());
            assertEquals(200, plainGet(sidecar).statusCode());
            assertTrue(seen.get(0).startsWith("GET /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:"), seen.get(0));
            assertTrue(seen.get(1).endsWith("\r\n\r\nhello"), seen.get(1));
            assertEquals(2, sidecar.metric("outrigger_http2_streams_total", "listener", "inbound"));
            assertEquals(1, sidecar.metric("outrigger_http2_connections_active", "listener", "inbound"));
            Await.until(
                    "three lines",
                    LIMIT,
                    () -> read(log).lines().count() == 3 && read(log).contains("\"protocol\":\"HTTP/1.1\""));
            assertEquals(2, read(log).split("\"protocol\":\"HTTP/2\"", -1).length - 1, read(log));
        }
    }

    private static HttpResponse<String> plainGet(RunningSidecar sidecar) throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(HttpRequest.newBuilder(sidecar.uri("/plain")).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aHundredEventStreamsOfOneConnectionInterleave() throws Exception {
        Semaphore[] rounds = new Semaphore[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            rounds[i] = new Semaphore(0);
        }
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    String head = connection.readHead();
                    int number = Integer.parseInt(head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP")));
                    connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
                    for (int round = 0; round < ROUNDS; round++) {
                        rounds[number].acquireUninterruptibly();
                        connection.write(chunk("data: " + number + "-" + round + "\n\n"));
                    }
                    connection.write("0\r\n\r\n");
                });
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "upstreams.app.pool.connect-timeout = 20s");
                Http2Peer client = new Http2Peer(sidecar)) {
            List<Http2Peer.Stream> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(client.get("/" + i));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = STREAMS - 1; i >= 0; i--) {
                    rounds[i].release();
                }
                for (int i = 0; i < STREAMS; i++) {
                    streams.get(i).awaitText("data: " + i + "-" + round + "\n\n");
                }
            }
            for (Http2Peer.Stream stream : streams) {
                stream.awaitEnd();
            }
            sidecar.awaitMetric(STREAMS, "http_requests_total", "status", "200");
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    @Test
    void aStreamBeyondTheLimitIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    goOn.acquireUninterruptibly();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.http2.max-concurrent-streams = 2");
                Http2Peer client = new Http2Peer(sidecar)) {
            assertEquals(2, client.serverSettings().get(3));
            Http2Peer.Stream first = client.get("/1");
            Http2Peer.Stream second = client.get("/2");
            assertEquals(7, client.get("/3").awaitReset(), "REFUSED_STREAM");
            goOn.release(2);
            assertEquals("ok", first.awaitEnd());
            assertEquals("ok", second.awaitEnd());
        }
    }

    @Test
    void aBigBodyWaitsForAServerThatDoesNotRead() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readHead();
                    goOn.acquireUninterruptibly();
                    connection.in().skipNBytes(BIG);
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.open(client.head("PUT", "/").add("content-length", "" + BIG), false);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(stream));
            sidecar.awaitMetric(1, "outrigger_exchanges_active");
            Await.until("the windows are used up", LIMIT, () -> stream.isBlocked() && upstream.connections() == 1);
            long memory = (long) sidecar.metric("outrigger_direct_memory_bytes");
            assertTrue(stream.sent() < HELD_AT_MOST, "sent: " + stream.sent());
            assertTrue(memory < HELD_AT_MOST, "held: " + memory);
            assertFalse(sending.isDone());
            goOn.release();
            sending.get(60, TimeUnit.SECONDS);
            assertEquals("ok", stream.awaitEnd());
            assertEquals(BIG, stream.sent());
        }
    }

    private static void send(Http2Peer.Stream stream) {
        try {
            byte[] piece = new byte[1024 * 1024];
            for (int sent = 0; sent < BIG; sent += piece.length) {
                stream.data(piece, sent + piece.length == BIG);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aBigAnswerWaitsForAClientThatGivesNoWindow() throws Exception {
        long[] written = new long[1];
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n");
                    byte[] piece = new byte[64 * 1024];
                    for (int i = 0; i < BIG / piece.length; i++) {
                        connection.write(piece);
                        written[0] += piece.length;
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.getHeld("/");
            Await.until("the window is used up", LIMIT, () -> stream.bytes() == 65_535);
            assertEquals(200, sidecar.status("/live").statusCode(), "others are served");
            long memory = (long) sidecar.metric("outrigger_direct_memory_bytes");
            assertTrue(written[0] < HELD_AT_MOST, "written: " + written[0]);
            assertTrue(memory < HELD_AT_MOST, "held: " + memory);
            client.widen(stream.id(), BIG);
            stream.awaitEnd();
            assertEquals(BIG, stream.bytes());
        }
    }

    @Test
    void aStreamThatTheClientResetsIsCancelledAtTheServer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    connection.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.get("/");
            Await.until("the request is there", LIMIT, () -> upstream.requests() == 1);
            client.reset(stream.id(), Http2Peer.CANCEL);
            Await.until("the server is told", LIMIT, () -> upstream.openConnections() == 0);
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
            assertFalse(client.isClosed());
            assertEquals(0, sidecar.metric("outrigger_http2_floods_total"));
        }
    }

    @Test
    void whatIsUnderWayIsAnsweredWhileTheConnectionDrains() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    goOn.acquireUninterruptibly();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT);
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.get("/");
            Await.until("the request is there", LIMIT, () -> upstream.requests() == 1);
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> sidecar.sidecar().stop());
            Await.until("both GOAWAYs", LIMIT, () -> client.goAways().size() == 2);
            assertEquals(
                    new Http2Peer.GoAway(Integer.MAX_VALUE, Http2Peer.NO_ERROR, ""),
                    client.goAways().get(0));
            assertEquals(
                    new Http2Peer.GoAway(stream.id(), Http2Peer.NO_ERROR, ""),
                    client.goAways().get(1));
            assertFalse(stream.isEnded());
            goOn.release();
            assertEquals("ok", stream.awaitEnd());
            client.awaitClosed();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void anIdleConnectionThatDrainsIsEndedWithAGoAway() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT);
                Http2Peer client = new Http2Peer(sidecar)) {
            assertEquals("ok", client.get("/").awaitEnd());
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> sidecar.sidecar().stop());
            client.awaitClosed();
            assertEquals(1, client.goAways().get(client.goAways().size() - 1).lastStream());
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void trailersPassBothWays() throws Exception {
        List<String> seen = new ArrayList<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    StringBuilder request = new StringBuilder(connection.readHead());
                    while (request.indexOf("x-sum: 5\r\n\r\n") < 0) {
                        request.append((char) connection.in().read());
                    }
                    seen.add(request.toString());
                    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                            + "Grpc-Status: 0\r\n\r\n");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.open(client.head("POST", "/").add("te", "trailers"), false);
            stream.data("hello", false);
            client.headers(stream.id(), new DefaultHttp2Headers(false).add("x-sum", "5"), true);
            assertEquals("ok", stream.awaitEnd());
            assertEquals("0", text(stream.heads().get(1), "grpc-status"));
            assertTrue(seen.get(0).contains("\r\n5\r\nhello\r\n0\r\nx-sum: 5\r\n\r\n"), seen.get(0));
            assertTrue(seen.get(0).contains("te: trailers\r\n"), seen.get(0));
        }
    }

    @Test
    void anAnswerThatIsCompleteEarlyStopsTheRequestWithoutAnError() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readHead();
                    connection.write("HTTP/1.1 413 Too Big\r\nContent-Length: 2\r\n\r\nno");
                    connection.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.open(client.head("POST", "/"), false);
            assertEquals("no", stream.awaitEnd());
            assertEquals("413", stream.status());
            assertEquals(Http2Peer.NO_ERROR, stream.awaitReset());
        }
    }

    @Test
    void anAnswerThatBreaksOffIsResetAndNotEnded() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    connection.readRequest();
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                    goOn.acquireUninterruptibly();
                    connection.reset();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.get("/");
            stream.awaitText("half");
            goOn.release();
            assertEquals(Http2Peer.INTERNAL_ERROR, stream.awaitReset());
            assertFalse(stream.isEnded());
        }
    }

    @Test
    void answersWithoutABodyAreOneFrame() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(connection -> {
                    boolean head = connection.readRequest().startsWith("HEAD");
                    connection.write(
                            head ? "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" : "HTTP/1.1 204 None\r\n\r\n");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream head = client.open(client.head("HEAD", "/"), true);
            assertEquals("", head.awaitEnd());
            assertEquals("7", text(head.awaitHead(), "content-length"));
            Http2Peer.Stream none = client.get("/");
            assertEquals("", none.awaitEnd());
            assertEquals("204", none.status());
        }
    }

    @Test
    void aClientThatWaitsForItsTurnIsToldToSend() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Headers head =
                    client.head("POST", "/").add("expect", "100-continue").add("content-length", "1");
            Http2Peer.Stream stream = client.open(head, false);
            assertEquals("100", stream.status());
            stream.data("x", true);
            assertEquals("ok", stream.awaitEnd());
            assertEquals("200", stream.heads().get(1).status().toString());
        }
    }

    @Test
    void aMalformedRequestCostsItsStreamAndNotTheConnection() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            assertReset(client.open(client.head("GET", "/").add("host", "elsewhere"), true));
            assertReset(client.open(client.head("GET", "/").add("x", "a\r\nHost: b"), true));
            assertReset(client.open(client.head("GET", "/").add("transfer-encoding", "chunked"), true));
            Http2Peer.Stream backslash = client.get("/a\\b");
            assertEquals("400", backslash.status());
            backslash.awaitEnd();
            assertEquals(0, upstream.requests());
            assertEquals("ok", client.get("/").awaitEnd());
        }
    }

    @Test
    void aHeadThatIsTooLargeIsAnswered431() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.max-header-bytes = 8KiB");
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream stream = client.open(client.head("GET", "/").add("x", "y".repeat(9_000)), true);
            assertEquals("431", stream.status());
            assertEquals("ok", client.get("/").awaitEnd());
            assertEquals(1, upstream.requests());
        }
    }

    private static void assertReset(Http2Peer.Stream stream) {
        assertEquals(Http2Peer.PROTOCOL_ERROR, stream.awaitReset());
    }

    @Test
    void aBodyOfAnotherLengthThanItSaysIsNotPassedOnAsWhole() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream shorter = client.open(client.head("POST", "/").add("content-length", "9"), false);
            shorter.data("abc", true);
            assertReset(shorter);
            Http2Peer.Stream longer = client.open(client.head("POST", "/").add("content-length", "1"), false);
            longer.data("abc", true);
            assertReset(longer);
            assertEquals("ok", client.get("/").awaitEnd());
        }
    }

    @Test
    void aConnectionThatStopsWithinThePrefaceIsEndedInTime() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.request-head-timeout = 3s");
                Socket client = new Socket(
                        sidecar.inbound().getAddress(), sidecar.inbound().getPort())) {
            client.getOutputStream().write("PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII));
            client.setSoTimeout((int) LIMIT.toMillis());
            assertEquals(-1, client.getInputStream().read());
        }
    }

    private static String text(Http2Headers headers, String name) {
        return Objects.requireNonNull(headers.get(name), name).toString();
    }
}
