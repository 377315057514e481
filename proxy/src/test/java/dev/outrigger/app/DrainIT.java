package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of exchanges in flight when the sidecar stops: whoever waits for an answer gets one, and every stream an end. */
class DrainIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String EVENT = Rpc.notification("notifications/resources/updated", "{\"uri\":\"file:///a\"}");
    private static final String PATIENT = "lifecycle.drain-timeout = 5m";
    private static final String HASTY = "lifecycle.drain-timeout = 3s";

    private final Semaphore goOn = new Semaphore(0);

    @TempDir
    private Path directory = Path.of(".");

    @Test
    void aCallThatEndsInTimeIsAnswered() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    goOn.acquireUninterruptibly();
                    request.result("{}");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT);
                McpCaller client = new McpCaller(sidecar)) {
            client.sendPost(Rpc.call("7", "slow"));
            upstream.first("tools/call");
            CompletableFuture<Void> stopped = stop(sidecar);
            awaitRefused(sidecar);
            goOn.release();
            WireMessage answer = client.answer();
            assertEquals("close", answer.header("connection"));
            assertEquals(Rpc.result("7", "{}"), answer.text());
            client.connection().close();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aCallThatDoesNotEndIsRefusedAtTheDeadline() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.Seen::awaitClosed);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), HASTY, log());
                McpCaller client = new McpCaller(sidecar)) {
            client.sendPost(Rpc.call("\"x\"", "slow"));
            upstream.first("tools/call");
            CompletableFuture<Void> stopped = stop(sidecar);
            WireMessage answer = client.answer();
            assertEquals(200, answer.status());
            assertEquals("close", answer.header("connection"));
            assertIsDrainError("\"x\"", answer.text());
            stopped.get(30, TimeUnit.SECONDS);
            assertLogged("\"outcome\":\"rejected\"", "\"reason\":\"draining\"");
        }
    }

    @Test
    void aStreamWithAnOpenCallEndsWithItsErrorAtTheDeadline() throws Exception {
        try (McpUpstream upstream = new McpUpstream(
                        request -> request.stream().event(Rpc.progress("1")).awaitClosed());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), HASTY);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.postModern(Rpc.modernCall("5", "slow"));
            assertEquals(Rpc.progress("1"), stream.event().data());
            CompletableFuture<Void> stopped = stop(sidecar);
            assertIsDrainError("5", stream.event().data());
            assertNull(stream.nextEvent(), "the stream ends properly");
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aStreamThatOwesNobodyAnAnswerEndsAtOnce() throws Exception {
        try (McpUpstream upstream =
                        new McpUpstream(request -> request.stream().event(EVENT).awaitClosed());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT, log());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.session("s").get();
            assertEquals(EVENT, stream.event().data());
            CompletableFuture<Void> stopped = stop(sidecar);
            assertNull(stream.nextEvent(), "the stream ends properly");
            client.connection().close();
            stopped.get(30, TimeUnit.SECONDS);
            upstream.awaitNoConnection();
            assertLogged("\"method\":\"GET\"", "\"outcome\":\"success\"");
        }
    }

    @Test
    void aStreamIsNotEndedInTheMidstOfAnEvent() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    McpUpstream.Stream stream = request.stream().raw("data: {\"jsonrpc\":\"2.0\",");
                    goOn.acquireUninterruptibly();
                    stream.raw("\"method\":\"notifications/message\"}\n\n").awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.session("s").get();
            assertEquals(
                    "data: {\"jsonrpc\":\"2.0\",", new String(stream.body().readNBytes(23), StandardCharsets.UTF_8));

            CompletableFuture<Void> stopped = stop(sidecar);
            awaitRefused(sidecar);
            goOn.release();
            assertEquals("\"method\":\"notifications/message\"}\n\n", stream.text());
            client.connection().close();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void theStreamOfASessionWaitsForItsCalls() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.sessions("s", request -> {
                    if (request.httpMethod().equals("GET")) {
                        request.stream().event(EVENT).awaitClosed();
                    } else {
                        goOn.acquireUninterruptibly();
                        request.result("{}");
                    }
                }));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), PATIENT);
                McpCaller opening = new McpCaller(sidecar);
                McpCaller calling = new McpCaller(sidecar);
                McpCaller listening = new McpCaller(sidecar)) {
            String session = opening.post(Rpc.initialize("1")).header("mcp-session-id");
            opening.connection().close();
            WireMessage stream = listening.session(session).get();
            assertEquals(EVENT, stream.event().data());
            calling.session(session).sendPost(Rpc.call("2", "slow"));
            upstream.first("tools/call");
            CompletableFuture<Void> stopped = stop(sidecar);
            awaitRefused(sidecar);
            listening.connection().timeout(600);
            assertThrows(IOException.class, stream::nextEvent, "nothing comes, the end neither");
            goOn.release();
            assertEquals(Rpc.result("2", "{}"), calling.answer().text());
            listening.connection().timeout(20_000);
            assertNull(stream.nextEvent());
            calling.connection().close();
            listening.connection().close();
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void callsOfASessionThatIsOneStreamEndOnIt() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.httpMethod().equals("GET")) {
                        request.stream()
                                .raw("event: endpoint\ndata: /mcp?sessionId=abc\n\n")
                                .awaitClosed();
                    } else {
                        request.accepted();
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), HASTY);
                McpCaller calling = new McpCaller(sidecar).at("/mcp?sessionId=abc");
                McpCaller listening = new McpCaller(sidecar)) {
            WireMessage stream = listening.get();
            assertEquals("endpoint", stream.event().type());
            assertEquals(202, calling.post(Rpc.call("3", "slow")).status());
            CompletableFuture<Void> stopped = stop(sidecar);
            assertIsDrainError("3", stream.event().data());
            assertNull(stream.nextEvent());
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAnswerThatIsNotWholeAtTheDeadlineIsCut() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    request.connection()
                            .write(
                                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"js");
                    request.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), HASTY);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.call("4", "slow"));
            CompletableFuture<Void> stopped = stop(sidecar);
            assertThrows(EOFException.class, answer::text);
            stopped.get(30, TimeUnit.SECONDS);
        }
    }

    private String log() {
        return "telemetry.access-log.path = \"" + directory.resolve("access.log") + "\"";
    }

    private void assertLogged(String... parts) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("access.log"));
        assertEquals(1, lines.size());
        for (String part : parts) {
            assertTrue(lines.get(0).contains(part), part + " in " + lines.get(0));
        }
    }

    private static CompletableFuture<Void> stop(RunningSidecar sidecar) {
        return CompletableFuture.runAsync(sidecar::close);
    }

    /** Waits until every connection has been told of the stop. */
    private static void awaitRefused(RunningSidecar sidecar) {
        Await.until("new connections are refused", LIMIT, () -> {
            try {
                new RawClient(sidecar.inbound()).close();
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    private static void assertIsDrainError(String id, String message) {
        assertEquals(id, Rpc.idOf(message));
        assertTrue(message.contains("\"code\":10005"), message);
        assertTrue(message.contains("\"reason\":\"draining\""), message);
        assertFalse(message.contains("\"result\""), message);
    }
}
