package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.LoadClient.Load;
import dev.outrigger.testing.Await;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process takes over from another on the same ports, and another from that, while clients notice nothing. */
@Timeout(300)
class HandOverIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int CALLS_PER_SECOND = 1_000;
    private static final int NEW_CONNECTIONS_PER_SECOND = 100;
    private static final int KEPT_CONNECTIONS = 16;

    private final EventLoopGroup loop = LoadClient.loop();
    private final int inbound = Ports.free();
    private final int status = Ports.free();
    private final int admin = Ports.free();
    private StubServer upstream;

    @TempDir
    private Path directory;

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    @BeforeEach
    void startUpstream() {
        upstream = new StubServer(loop, "a");
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** The same for each but for its access log. */
    private SidecarProcess start(String name) throws IOException {
        Path own = Files.createDirectory(directory.resolve(name));
        Path file = Files.writeString(own.resolve("outrigger.conf"), """
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:%d"
                  upstreams.app { endpoints = ["%s"], health-check.type = none }
                  routes = [{ name = %s, match { path-prefix = "/" }, upstream = app }]
                  telemetry.access-log.path = "%s"
                  status.bind = "127.0.0.1:%d"
                  admin.bind = "127.0.0.1:%d"
                  lifecycle { hand-over = true, drain-timeout = 30s }
                  runtime { workers = 2, transport = %s }
                  defaults.upstream { pool.connect-timeout = 10s, health-check.type = none }
                  overload.max-loop-stall = 0s
                }
                """.formatted(
                        inbound, upstream.endpoint(), name, own.resolve("access.log"), status, admin, transport()));
        return SidecarProcess.start(own, "run", "-c", file.toString());
    }

    @Test
    void threeGenerationsServeWithoutLosingACall() throws Exception {
        try (SidecarProcess a = start("a")) {
            a.awaitOutput("ready: ");
            try (LoadClient client = LoadClient.start(
                            loop, Load.of(inbound, CALLS_PER_SECOND, KEPT_CONNECTIONS, NEW_CONNECTIONS_PER_SECOND));
                    SidecarProcess b = takeOver(client, a, "b");
                    SidecarProcess c = takeOver(client, b, "c")) {
                client.awaitMore(CALLS_PER_SECOND);
                client.finishWithoutLoss();
                c.terminate();
                assertEquals(0, c.awaitExit(), c.output());
                assertEachCallWasHandledOnce(client.sent());
            }
        }
    }

    private SidecarProcess takeOver(LoadClient client, SidecarProcess from, String name) throws Exception {
        client.awaitMore(CALLS_PER_SECOND / 2);
        SidecarProcess next = start(name);
        try {
            next.awaitOutput("ready: ");
            client.awaitMore(CALLS_PER_SECOND / 4);
            long told = client.politeCloses();
            from.terminate();
            assertEquals(0, from.awaitExit(), from.output());
            assertTrue(client.politeCloses() > told, "kept connections are told to go");
            assertEquals(200, OpsClient.at(status).get("/ready").status(), "the status port is the next one's");
            assertEquals(200, OpsClient.at(admin).get("/config").status(), "and the admin port");
            return next;
        } catch (AssertionError | RuntimeException | InterruptedException e) {
            next.close();
            throw e;
        }
    }

    private void assertEachCallWasHandledOnce(long calls) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            List<AccessLine> lines = AccessLine.read(directory.resolve(name).resolve("access.log"));
            assertTrue(lines.size() > CALLS_PER_SECOND / 10, name + " served " + lines.size());
            lines.forEach(line -> ids.add(line.requestId()));
        }
        Set<String> distinct = new HashSet<>(ids);
        assertEquals(calls, distinct.size());
        assertEquals(calls, ids.size());
    }

    /** A port that is not there to be handed over is as taken as ever. */
    @Test
    void withoutHandOverASecondProcessIsRefused() throws Exception {
        try (SidecarProcess a = start("a")) {
            a.awaitOutput("ready: ");
            Path own = Files.createDirectory(directory.resolve("x"));
            Path file = Files.writeString(
                    own.resolve("outrigger.conf"),
                    Files.readString(directory.resolve("a").resolve("outrigger.conf"))
                            .replace("hand-over = true", "hand-over = false")
                            .replaceAll("status.bind = \"[^\"]*\"", "status.bind = \"127.0.0.1:0\"")
                            .replaceAll("admin.bind = \"[^\"]*\"", "admin.bind = \"127.0.0.1:0\""));
            try (SidecarProcess second = SidecarProcess.start(own, "run", "-c", file.toString())) {
                assertEquals(1, second.awaitExit(), second.output());
                assertTrue(second.output().contains("127.0.0.1:" + inbound), second.output());
            }
            Await.until("the first one serves on", DEADLINE, () -> Ports.accepts(inbound));
        }
    }
}
