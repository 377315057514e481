package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.outrigger.app.LoadClient.Load;
import dev.outrigger.testing.Await;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A minute of 2,000 calls a second while the file changes every second, every fifth time for the worse: no call fails, and
 * every call is handled by one configuration, the whole of it.
 */
@Timeout(300)
class ReloadUnderLoadIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long CHANGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CHANGES = 60;
    private static final int CALLS_PER_SECOND = 1_960;
    private static final int NEW_CONNECTIONS_PER_SECOND = 60;
    private static final int KEPT_CONNECTIONS = 16;
    /** On the listener that moves. */
    private static final int SIDE_CALLS_PER_SECOND = 40;

    private static final int ROUTES = 7;
    private static final int FAILURES_TO_OPEN = 5;

    private final EventLoopGroup loop = LoadClient.loop();
    private final int[] sidePorts = {Ports.free(), Ports.free()};
    /** Where the moving listener is known to be. */
    private volatile int sidePort = sidePorts[0];
    /** What version was in force under which generation. */
    private final Map<Long, Integer> versions = new HashMap<>();

    private List<StubServer> upstreams = List.of();

    @TempDir
    private Path directory;

    @BeforeEach
    void startUpstreams() {
        upstreams = List.of(new StubServer(loop, "a"), new StubServer(loop, "b"), new StubServer(loop, "c"));
    }

    @AfterEach
    void stopUpstreams() {
        upstreams.forEach(StubServer::close);
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** Routes, endpoints, limits and listeners of a version. */
    private String body(FileSidecar sidecar, int version) {
        return """
                  listeners.inbound { bind = "%s:%d", max-connections = %d, max-headers = %d }
                  listeners.side.bind = "127.0.0.1:%d"
                  upstreams.app {
                    endpoints = [%s]
                    pool { max-connections = %d, connect-timeout = %dms }
                    breaker.consecutive-failures = %d
                  }
                  upstreams.down { endpoints = ["127.0.0.1:9"], health-check.type = none, breaker.open-for = 1h }
                  routes = [
                    { name = %s, match { path-prefix = "/mcp" }, upstream = app, timeout = %ds }
                    { name = down, match { path-prefix = "/down" }, upstream = down }
                  ]
                  telemetry.access-log.path = "%s"
                """.formatted(
                        version / 10 % 2 == 0 ? "127.0.0.1" : "0.0.0.0",
                        sidecar.port(),
                        1000 + version,
                        100 + version,
                        sidePorts[version / 3 % 2],
                        endpoints(version).stream()
                                .map(endpoint -> '"' + endpoint + '"')
                                .collect(Collectors.joining(", ")),
                        64 + version,
                        9000 + version,
                        5 + version % 5,
                        route(version),
                        10 + version,
                        directory.resolve("access.log"));
    }

    private static String route(int version) {
        return "r" + version % ROUTES;
    }

    /** Two of three, another two each time; now and then all. */
    private List<String> endpoints(int version) {
        return upstreams.stream()
                .filter(upstream -> version % 4 == 3 || upstreams.indexOf(upstream) != version % 4)
                .map(StubServer::endpoint)
                .toList();
    }

    /** What can be wrong with a file: its form, a key, a reference, a value, or a port that is not free. */
    private static String broken(String body, int version, int takenPort) {
        return switch (version / 5 % 5) {
            case 0 -> body + "{";
            case 1 -> body.replace("endpoints", "endpoint");
            case 2 -> body.replace("upstream = app", "upstream = apple");
            case 3 -> body.replace("max-headers = ", "max-headers = -");
            default -> body + "listeners.taken.bind = \"127.0.0.1:" + takenPort + "\"";
        };
    }

    @Test
    void noCallFailsAndEachIsHandledByOneConfiguration() throws Exception {
        try (FileSidecar sidecar = new FileSidecar(directory, "auto");
                ServerSocket taken = new ServerSocket()) {
            taken.bind(Ports.loopback(Ports.free()));
            sidecar.write(body(sidecar, 0)).startProcess();
            versions.put(sidecar.generation(), 0);
            openBreaker(sidecar);
            double good = sidecar.reloads("success");
            double bad = sidecar.reloads("failure");
            int broken = 0;
            long sent;
            try (LoadClient client = LoadClient.start(
                            loop,
                            Load.of(sidecar.port(), CALLS_PER_SECOND, KEPT_CONNECTIONS, NEW_CONNECTIONS_PER_SECOND));
                    LoadClient side = LoadClient.start(
                            loop, Load.of(0, SIDE_CALLS_PER_SECOND, 2, 0).at(() -> sidePort))) {
                long startNanos = System.nanoTime();
                for (int version = 1; version <= CHANGES; version++) {
                    long dueNanos = startNanos + version * CHANGE_NANOS;
                    Await.until("the next change is due", DEADLINE, () -> System.nanoTime() - dueNanos >= 0);
                    if (version % 5 == 0) {
                        sidecar.write(broken(body(sidecar, version), version, taken.getLocalPort()));
                        sidecar.awaitReloads("failure", bad + ++broken);
                    } else {
                        sidecar.write(body(sidecar, version));
                        sidecar.awaitReloads("success", good + version - broken);
                        versions.put(sidecar.generation(), version);
                        long used = client.sent() + 1;
                        Await.until("a call was made since", DEADLINE, () -> client.answered() >= used);
                        sidePort = sidePorts[version / 3 % 2];
                    }
                }
                assertEquals(CHANGES + 1 - broken, versions.size(), "each good change has a generation of its own");
                side.finish();
                client.finishWithoutLoss();
                // A port that has moved refuses connections; calls that were sent are answered all the same.
                assertEquals(Map.of(), side.failures());
                assertTrue(side.politeCloses() > 0, "the moved listener told its clients");
                sent = client.sent() + side.sent();
            }
            assertEquals(broken, CHANGES / 5);
            assertEquals(bad + broken, sidecar.reloads("failure"));
            assertBreakerIsOpen(sidecar);
            assertEachCallCounts(sidecar, sent);
            sidecar.process().terminate();
            assertEquals(0, sidecar.process().awaitExit(), sidecar.process().output());
            assertEachLineIsOfOneConfiguration(sent);
        }
    }

    private static void openBreaker(FileSidecar sidecar) {
        for (int i = 0; i < FAILURES_TO_OPEN; i++) {
            sidecar.call("/down");
        }
        assertBreakerIsOpen(sidecar);
    }

    private static void assertBreakerIsOpen(FileSidecar sidecar) {
        assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"down\"", "state=\"open\""));
        assertEquals(
                FAILURES_TO_OPEN,
                sidecar.metric("circuit_breaker_calls_total", "component=\"down\"", "outcome=\"failure\""));
    }

    private static void assertEachCallCounts(FileSidecar sidecar, long sent) {
        assertEquals(sent, sidecar.metric("http_requests_total", "endpoint=\"r", "status=\"200\""));
        assertEquals(sent, sidecar.metric("http_requests_total", "endpoint=\"r"));
        assertEquals(sent, sidecar.metric("mcp_tool_execution_total", "status=\"success\""));
        Config state = sidecar.config().getConfig("state");
        assertEquals("failure", state.getString("last_reload.result"), "the last change was for the worse");
    }

    /** Route and endpoint of each line are those of the version that its generation was. */
    private void assertEachLineIsOfOneConfiguration(long sent) throws IOException {
        Set<String> ids = new HashSet<>();
        Set<Long> generations = new HashSet<>();
        for (AccessLine line : AccessLine.read(directory.resolve("access.log"))) {
            if (line.route().equals("down")) {
                continue;
            }
            Integer version = versions.get(line.config());
            assertTrue(version != null, "generation " + line.config() + " was never in force: " + line);
            assertEquals(route(version), line.route(), () -> "version " + version + ": " + line);
            assertTrue(endpoints(version).contains(line.endpoint()), () -> "version " + version + ": " + line);
            assertTrue(ids.add(line.requestId()), () -> "twice: " + line);
            generations.add(line.config());
        }
        assertEquals(sent, ids.size());
        assertEquals(versions.keySet(), generations, "each was used");
    }
}
