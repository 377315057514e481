package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two thousand clients that take their time, in the four ways of slowhttptest: others are served meanwhile, memory stays
 * bounded, and the slow ones are gone soon.
 */
@RequiresTool("slowhttptest")
class SlowHttpIT {
    private static final String CLOSED = "outrigger_connections_closed_total";
    private static final double MAX_DIRECT_BYTES = 400 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** With how many connections have to end because of it; of those that reach an upstream, its pool holds 1,024. */
    enum Attack {
        HEADERS(2000, "head_timeout", 1900, 0, "-H", "-i", "1"),
        BODY(2000, "slow_body", 900, 0, "-B", "-i", "1", "-s", "8192", "-x", "5"),
        /** The kernel takes such an answer at once, and whoever does not read it is merely idle. */
        READ(2000, "idle", 900, 256 << 10, "-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "8"),
        /** More than the kernel takes. Fewer, as it takes megabytes of each, and copying those is what the machine then does. */
        READ_MUCH(200, "slow_read", 150, 8 << 20, "-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "8"),
        /** Whole requests with a header of a thousand ranges: nothing to refuse. */
        RANGE(2000, "client", 1, 256 << 10, "-R", "-a", "1", "-b", "1000");

        private final int connections;
        private final String reason;
        private final int least;
        private final int answerBytes;
        private final List<String> options;

        Attack(int connections, String reason, int least, int answerBytes, String... options) {
            this.connections = connections;
            this.reason = reason;
            this.least = least;
            this.answerBytes = answerBytes;
            this.options = List.of(options);
        }

        private String reason() {
            return "reason=\"" + reason + "\"";
        }
    }

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void slowClientsAreNoOutage(Attack attack) throws Exception {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try (StubServer calls = new StubServer(loops.next(), "calls");
                LargeAnswers large = new LargeAnswers(loops.next(), attack.answerBytes);
                RunningSidecar sidecar = RunningSidecar.start(config(calls, large))) {
            Process attacking = start(attack, sidecar);
            int served;
            try {
                served = serveOthers(sidecar, attacking, attack);
            } finally {
                attacking.destroyForcibly();
            }
            Await.until(
                    "the slow ones are gone", DEADLINE, () -> metric(sidecar, CLOSED, attack.reason()) >= attack.least);
            Await.until("all are gone", DEADLINE, () -> metric(sidecar, "outrigger_downstream_connections") < 10);
            assertTrue(
                    metric(sidecar, CLOSED) - served >= attack.connections * 0.95,
                    attack + " was no attack: " + report());
            assertEquals(0, metric(sidecar, CLOSED, "reason=\"defect\""));
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static String config(StubServer calls, LargeAnswers large) {
        return """
                outrigger {
                  listeners.inbound {
                    bind = "127.0.0.1:0", request-head-timeout = 3s, idle-timeout = 3s
                    http { min-body-rate = 1000B, slow-grace = 3s }
                  }
                  upstreams.calls { endpoints = ["127.0.0.1:%d"], health-check.type = none, pool.connect-timeout = 30s }
                  upstreams.large {
                    endpoints = ["127.0.0.1:%d"], health-check.type = none
                    pool.connect-timeout = 5s, breaker.consecutive-failures = 10000
                  }
                  routes = [
                    { name = calls, match { path-prefix = "/" }, upstream = calls }
                    { name = large, match { path-prefix = "/large" }, upstream = large }
                  ]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                  runtime.workers = 2
                }
                """.formatted(calls.port(), large.port());
    }

    private Process start(Attack attack, RunningSidecar sidecar) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("slowhttptest", "-u", sidecar.uri("/large").toString()));
        command.addAll(
                List.of("-c", String.valueOf(attack.connections), "-r", "1000", "-l", "60", "-p", "55", "-v", "1"));
        command.addAll(attack.options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("report").toFile())
                .start();
    }

    private String report() throws IOException {
        return Files.readString(directory.resolve("report"));
    }

    /**
     * Calls, one after the other, until the attack is over or of no use any more: the slower the machine, the later. Each has
     * a connection of its own, since one that waits for its next call may be closed as idle.
     *
     * @return how many there were
     */
    private static int serveOthers(RunningSidecar sidecar, Process attacking, Attack attack) throws Exception {
        long endNanos = System.nanoTime() + DEADLINE.toNanos();
        int calls = 0;
        do {
            try (McpCaller caller = new McpCaller(sidecar)) {
                WireMessage answer = caller.post(Rpc.call("1", "echo"));
                assertEquals(200, answer.status());
                String said = answer.text();
                assertTrue(said.contains("\"from\":\"calls\""), said);
            }
            calls++;
            double direct = metric(sidecar, "outrigger_direct_memory_bytes");
            assertTrue(direct < MAX_DIRECT_BYTES, "direct memory: " + direct);
        } while (!attacking.waitFor(50, TimeUnit.MILLISECONDS)
                && !isBeaten(sidecar, attack, calls)
                && System.nanoTime() - endNanos < 0);
        return calls;
    }

    private static boolean isBeaten(RunningSidecar sidecar, Attack attack, int calls) {
        return metric(sidecar, CLOSED) - calls >= attack.connections * 0.95
                && metric(sidecar, CLOSED, attack.reason()) >= attack.least;
    }

    private static double metric(RunningSidecar sidecar, String name, String... labels) {
        try {
            return sidecar.metric(name, labels);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
