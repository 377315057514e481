package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.LoadClient.Load;
import dev.outrigger.testing.Await;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The end of a sidecar in the midst of its work: whatever is under way ends as its client can understand it, answered or
 * refused, and every stream in one piece.
 */
@Timeout(240)
class OrderlyStopIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** As many with a call open as without. */
    private static final int STREAMS_OF_EACH_KIND = 100;

    private static final int KEPT_CONNECTIONS = 8;

    private final EventLoopGroup loop = LoadClient.loop();
    private final Semaphore finish = new Semaphore(0);
    private McpUpstream slow;
    private StubServer quick;
    private SpanReceiver receiver;

    @TempDir
    private Path directory;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeEach
    void startUpstreams() throws Exception {
        receiver = new SpanReceiver();
        quick = new StubServer(loop, "quick");
        slow = new McpUpstream(request -> {
            if (request.httpMethod().equals("GET")) {
                request.stream()
                        .event(Rpc.notification("notifications/message", "{\"level\":\"info\",\"data\":\"hi\"}"))
                        .awaitClosed();
            } else if (request.name().equals("stream")) {
                request.stream().event(Rpc.progress("1")).awaitClosed();
            } else if (request.name().equals("never")) {
                request.awaitClosed();
            } else {
                finish.acquireUninterruptibly();
                request.result("{}");
            }
        });
    }

    @AfterEach
    void stopUpstreams() throws Exception {
        finish.release(10);
        slow.close();
        quick.close();
        receiver.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private FileSidecar sidecar(String drainTimeout) throws IOException {
        return new FileSidecar(directory, transport())
                .write("""
                          upstreams.slow { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                          upstreams.quick { endpoints = ["%s"], health-check.type = none }
                          routes = [
                            { name = slow, match { path-prefix = "/slow" }, upstream = slow, timeout = 5m }
                            { name = quick, match { path-prefix = "/mcp" }, upstream = quick }
                          ]
                          defaults.listener.request-head-timeout = 5m
                          telemetry.tracing { %s }
                          telemetry.access-log.path = "%s"
                          lifecycle.drain-timeout = %s
                        """.formatted(slow.port(), quick.endpoint(), receiver.settings(), log(), drainTimeout))
                .startProcess();
    }

    /** Readiness goes first; every connection knows that it drains once no further one is accepted. */
    private static void awaitRefused(FileSidecar sidecar) {
        Await.until("refused", DEADLINE, () -> {
            InetSocketAddress address = Ports.loopback(sidecar.port());
            try (Socket tried = new Socket(address.getAddress(), address.getPort())) {
                return !tried.isConnected();
            } catch (ConnectException e) {
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Path log() {
        return directory.resolve("access.log");
    }

    private static McpCaller caller(FileSidecar sidecar) throws IOException {
        return sidecar.caller().at("/slow");
    }

    @Test
    void everythingUnderWayEndsAsItsClientUnderstands() throws Exception {
        List<McpCaller> callers = new ArrayList<>();
        List<WireMessage> callStreamAnswers = new ArrayList<>();
        List<WireMessage> getStreamAnswers = new ArrayList<>();
        try (FileSidecar sidecar = sidecar("15s");
                LoadClient client = LoadClient.start(
                        loop, Load.of(sidecar.port(), 200, KEPT_CONNECTIONS, 0).withoutReconnects())) {
            for (int i = 0; i < STREAMS_OF_EACH_KIND; i++) {
                McpCaller call = caller(sidecar).session("s-" + i);
                callers.add(call.sendPost(Rpc.call("" + (1000 + i), "stream")));
                callStreamAnswers.add(firstEvent(call));
                // Every other one has a session of its own, without a call under way.
                McpCaller get = caller(sidecar).session("s-" + (i % 2 == 0 ? i : 1000 + i));
                callers.add(get.sendGet());
                getStreamAnswers.add(firstEvent(get));
            }
            McpCaller answered = caller(sidecar).sendPost(Rpc.call("1", "slow"));
            callers.add(answered);
            McpCaller refused = caller(sidecar).sendPost(Rpc.call("2", "never"));
            callers.add(refused);
            Await.until("both calls are under way", DEADLINE, () -> slow.seen().size() == 2 * STREAMS_OF_EACH_KIND + 2);
            client.awaitMore(50);

            sidecar.process().terminate();
            Await.until(
                    "not ready", DEADLINE, () -> sidecar.status().get("/ready").status() == 503);
            awaitRefused(sidecar);
            finish.release();
            assertAnswered("\"result\"", "1", answered.answer());
            assertEquals("", answered.connection().readToEnd());
            assertAnswered("\"code\":10005", "2", refused.answer());

            for (int i = 0; i < STREAMS_OF_EACH_KIND; i++) {
                String error = callStreamAnswers.get(i).event().data();
                assertTrue(error.contains("\"code\":10005"), error);
                assertEquals("" + (1000 + i), Rpc.idOf(error));
                assertNull(callStreamAnswers.get(i).nextEvent(), "the proper end");
                assertNull(getStreamAnswers.get(i).nextEvent(), "the proper end");
            }
            assertEquals(0, sidecar.process().awaitExit(), sidecar.process().output());
            client.finishWithoutLoss();
            assertEquals(KEPT_CONNECTIONS, client.politeCloses(), "each was told in an answer");
            assertFalse(
                    sidecar.process().output().contains("Exception"),
                    sidecar.process().output());
            assertEverythingIsTold(client.sent() + 2 * STREAMS_OF_EACH_KIND + 2);
        } finally {
            for (McpCaller caller : callers) {
                caller.close();
            }
        }
    }

    private static WireMessage firstEvent(McpCaller client) throws IOException {
        WireMessage answer = client.answer();
        assertEquals(200, answer.status());
        answer.event();
        return answer;
    }

    private static void assertAnswered(String part, String id, WireMessage answer) throws IOException {
        String text = answer.text();
        assertTrue(text.contains(part), text);
        assertEquals(id, Rpc.idOf(text));
        assertEquals("close", answer.header("connection").toLowerCase(Locale.ROOT));
    }

    /** A line and a span for every exchange. */
    private void assertEverythingIsTold(long exchanges) throws IOException {
        List<AccessLine> lines = AccessLine.read(log());
        assertEquals(exchanges, lines.size());
        assertEquals(
                STREAMS_OF_EACH_KIND,
                lines.stream().filter(line -> line.stream().equals("get")).count());
        long ofThoseGood = lines.stream()
                .filter(line -> line.stream().equals("get") && line.outcome().equals("success"))
                .count();
        assertTrue(
                ofThoseGood >= STREAMS_OF_EACH_KIND / 2, "at least those whose sessions had no call: " + ofThoseGood);
        assertEquals(exchanges, receiver.spans().size());
    }

    /** Nothing waits for a deadline that nothing needs. */
    @Test
    void whenNothingIsUnderWayAnyMoreItEnds() throws Exception {
        try (FileSidecar sidecar = sidecar("10m");
                McpCaller get = caller(sidecar);
                McpCaller call = caller(sidecar);
                RawClient never = sidecar.connect()) {
            WireMessage stream = firstEvent(get.sendGet());
            call.sendPost(Rpc.call("1", "slow"));
            slow.first("tools/call");
            sidecar.process().terminate();
            assertNull(stream.nextEvent(), "it owes nobody an answer");
            assertEquals("", never.readToEnd(), "no request ever came");
            finish.release();
            assertAnswered("\"result\"", "1", call.answer());
            assertEquals(0, sidecar.process().awaitExit(), sidecar.process().output());
        }
    }

    /** A connection at rest may have its next request under way: closing it at once would lose that. */
    @Test
    void aConnectionAtRestIsAnsweredOnceMore() throws Exception {
        try (FileSidecar sidecar = sidecar("60s");
                RawClient rest = sidecar.connect();
                McpCaller call = caller(sidecar)) {
            String request = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: " + Rpc.call("7", "echo").length() + "\r\n\r\n" + Rpc.call("7", "echo");
            String first = rest.send(request).readResponse();
            assertTrue(first.contains("\"result\""), first);
            call.sendPost(Rpc.call("1", "slow"));
            slow.first("tools/call");
            sidecar.process().terminate();
            awaitRefused(sidecar);
            String last = rest.send(request).readToEnd();
            assertTrue(last.startsWith("HTTP/1.1 200 "), last);
            assertTrue(last.toLowerCase(Locale.ROOT).contains("connection: close"), last);
            assertTrue(last.contains("\"result\""), last);
            finish.release();
            assertEquals(0, sidecar.process().awaitExit(), sidecar.process().output());
        }
    }

    @Test
    void postDrainIsTheSame() throws Exception {
        try (FileSidecar sidecar = sidecar("60s");
                McpCaller call = caller(sidecar)) {
            call.sendPost(Rpc.call("1", "slow"));
            slow.first("tools/call");
            for (int i = 0; i < 2; i++) {
                OpsClient.Reply reply = sidecar.admin().post("/drain");
                assertEquals(202, reply.status(), reply.body());
                assertEquals("draining", reply.json().getString("status"));
            }
            Await.until(
                    "not ready", DEADLINE, () -> sidecar.status().get("/ready").status() == 503);
            awaitRefused(sidecar);
            finish.release();
            assertAnswered("\"result\"", "1", call.answer());
            assertEquals(0, sidecar.process().awaitExit(), sidecar.process().output());
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (FileSidecar sidecar = sidecar("10m");
                McpCaller call = caller(sidecar)) {
            call.sendPost(Rpc.call("1", "slow"));
            slow.first("tools/call");
            sidecar.process().terminate();
            Await.until(
                    "not ready", DEADLINE, () -> sidecar.status().get("/ready").status() == 503);
            assertTrue(sidecar.process().isAlive());
            sidecar.process().terminate();
            assertEquals(1, sidecar.process().awaitExit(), sidecar.process().output());
            assertEquals(0, receiver.spans().size(), "nobody has waited for the call");
        }
    }
}
