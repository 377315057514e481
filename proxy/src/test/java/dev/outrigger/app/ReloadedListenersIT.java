package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.LoadClient.Load;
import dev.outrigger.testing.Await;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that come, go, move and change while clients use them. */
@Timeout(180)
class ReloadedListenersIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String MANY_HEADERS =
            "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X-A: 1\r\n".repeat(20) + "\r\n";
    private static final int CHANGES = 6;

    private final EventLoopGroup loop = LoadClient.loop();
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore finish = new Semaphore(0);
    private ScriptedUpstream slow;
    private StubServer quick;

    @TempDir
    private Path directory;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeEach
    void startUpstreams() throws Exception {
        quick = new StubServer(loop, "quick");
        slow = new ScriptedUpstream(connection -> {
            connection.readRequest();
            asked.release();
            finish.acquireUninterruptibly();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
    }

    @AfterEach
    void stopUpstreams() throws Exception {
        finish.release(10);
        slow.close();
        quick.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private FileSidecar sidecar() {
        return new FileSidecar(directory, transport());
    }

    private String to(int upstreamPort) {
        return "upstreams.app { endpoints = [\"127.0.0.1:" + upstreamPort + "\"], health-check.type = none }\n"
                + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]\n"
                + "lifecycle.drain-timeout = 60s\n";
    }

    private static String side(int port) {
        return "listeners.side.bind = \"127.0.0.1:" + port + "\"\n";
    }

    @Test
    void aRemovedListenerFinishesWhatIsInFlight() throws Exception {
        int port = Ports.free();
        try (FileSidecar sidecar = sidecar().write(to(slow.port()) + side(port)).start();
                RawClient busy = new RawClient(Ports.loopback(port))) {
            busy.send(GET);
            assertTrue(asked.tryAcquire(60, TimeUnit.SECONDS));
            sidecar.apply(to(slow.port()));
            Await.until("no new connection is taken", DEADLINE, () -> !Ports.accepts(port));
            finish.release();
            assertEndsWithClose(busy.readToEnd());
            assertTrue(Ports.accepts(sidecar.port()), "the other one is still there");
        }
    }

    /** The answer is whole, says that the connection ends, and the connection ends. */
    private static void assertEndsWithClose(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains("connection: close"), answer);
        assertTrue(answer.endsWith("done"), answer);
    }

    @Test
    void anAddedListenerAccepts() throws Exception {
        int port = Ports.free();
        finish.release(10);
        try (FileSidecar sidecar = sidecar().write(to(slow.port())).start()) {
            assertFalse(Ports.accepts(port));
            sidecar.apply(to(slow.port()) + side(port));
            try (RawClient client = new RawClient(Ports.loopback(port))) {
                assertTrue(client.send(GET).readResponse().endsWith("done"));
            }
        }
    }

    @Test
    void aMovedListenerAnswersOnOldConnectionsOnceMore() throws Exception {
        int old = Ports.free();
        int next = Ports.free();
        finish.release(10);
        try (FileSidecar sidecar = sidecar().write(to(slow.port()) + side(old)).start();
                RawClient kept = new RawClient(Ports.loopback(old))) {
            assertTrue(kept.send(GET).readResponse().endsWith("done"));
            sidecar.apply(to(slow.port()) + side(next));
            assertEndsWithClose(kept.send(GET).readToEnd());
            Await.until("the old port is closed", DEADLINE, () -> !Ports.accepts(old));
            try (RawClient client = new RawClient(Ports.loopback(next))) {
                assertTrue(client.send(GET).readResponse().endsWith("done"));
            }
        }
    }

    @Test
    void settingsChangeForNewConnectionsWithoutLosingOne() throws Exception {
        finish.release(100);
        try (FileSidecar sidecar = sidecar().write(to(quick.port())).start();
                RawClient kept = sidecar.connect();
                LoadClient client = LoadClient.start(loop, Load.of(sidecar.port(), 200, 2, 150))) {
            assertTrue(kept.send(MANY_HEADERS).readResponse().startsWith("HTTP/1.1 200 "));
            for (int i = 0; i < CHANGES; i++) {
                client.awaitMore(20);
                sidecar.apply(to(quick.port()) + "listeners.inbound.max-headers = " + (10 + i));
            }
            client.awaitMore(20);
            try (RawClient fresh = sidecar.connect()) {
                String refused = fresh.send(MANY_HEADERS).readResponse();
                assertTrue(refused.startsWith("HTTP/1.1 431 "), refused);
            }
            assertTrue(kept.send(MANY_HEADERS).readResponse().startsWith("HTTP/1.1 200 "), "as it was accepted");
            assertEquals(0, client.politeCloses(), "no connection has to go for that");
            client.finishWithoutLoss();
        }
    }

    @Test
    void wildcardAndLoopbackTakeTurnsOnOnePort() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(quick.port())).start();
                LoadClient client = LoadClient.start(loop, Load.of(sidecar.port(), 200, 2, 150))) {
            for (int i = 0; i < CHANGES; i++) {
                client.awaitMore(20);
                boolean wildcard = i % 2 == 0;
                sidecar.apply(to(quick.port()) + "listeners.inbound.bind = \"" + (wildcard ? "0.0.0.0" : "127.0.0.1")
                        + ":" + sidecar.port() + "\"");
                Await.until(
                        "only the wildcard has all addresses",
                        DEADLINE,
                        () -> isOnSecondLoopback(sidecar.port()) == wildcard);
            }
            client.awaitMore(20);
            client.finishWithoutLoss();
        }
    }

    private static boolean isOnSecondLoopback(int port) {
        try (RawClient probe =
                new RawClient(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), port))) {
            return probe.in() != null;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aTakenPortRefusesTheWholeChange() throws Exception {
        int status = Ports.free();
        int free = Ports.free();
        String wanted = "upstreams.app { endpoints = [\"127.0.0.1:" + slow.port() + "\"], health-check.type = none }\n"
                + "routes = [{ name = other, match { path-prefix = \"/\" }, upstream = app }]\n"
                + "status.bind = \"127.0.0.1:" + status + "\"\n"
                + "listeners.first.bind = \"127.0.0.1:" + free + "\"\n";
        try (FileSidecar sidecar = sidecar().write(to(quick.port())).start()) {
            long generation = sidecar.generation();
            double bad = sidecar.reloads("failure");
            String address;
            try (ServerSocket taken = new ServerSocket()) {
                taken.bind(Ports.loopback(Ports.free()));
                address = "127.0.0.1:" + taken.getLocalPort();
                OpsClient.Reply refused = sidecar.applyWrong(wanted + "listeners.second.bind = \"" + address + "\"");
                String problems = String.join("\n", refused.json().getStringList("problems"));
                assertTrue(problems.contains("second"), problems);
                assertTrue(problems.contains(address), problems);
                assertEquals(bad + 1, sidecar.reloads("failure"));
                assertEquals(generation, sidecar.generation());
                assertFalse(Ports.accepts(status), "the status port has not moved");
                assertFalse(Ports.accepts(free), "nothing is left of a listener that could be bound");
                assertTrue(sidecar.call("/mcp").body().contains("\"from\":\"quick\""));
            }
            finish.release();
            assertEquals(200, sidecar.admin().post("/config/reload").status(), "now the port is free");
            assertEquals("done", sidecar.call("/mcp").body());
            assertTrue(Ports.accepts(status));
            assertTrue(Ports.accepts(free));
        }
    }
}
