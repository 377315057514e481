package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas and one that stands in, processes all, with the configuration that operators are promised to be able to use. */
@Timeout(240)
class ReplicasIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int FIRST_PORT = 18081;
    private static final int REPLICAS = 4;
    private static final String DYING = "127.0.0.1:18082";
    private static final int CLIENTS = 24;

    private final List<ReplicaProcess> replicas = new ArrayList<>();
    private ContractPorts ports;
    private RunningSidecar sidecar;
    private Clients clients;
    private Path log;

    @BeforeEach
    void takePorts(@TempDir Path directory) throws IOException {
        ports = ContractPorts.take();
        log = directory.resolve("access.log");
    }

    @AfterEach
    void stop() throws Exception {
        try {
            if (clients != null) {
                clients.end();
            }
            if (sidecar != null) {
                sidecar.close();
            }
            for (ReplicaProcess replica : replicas) {
                // The next one takes the same port, and must not be mistaken for this one while it dies.
                replica.kill();
            }
        } finally {
            ports.close();
        }
    }

    @Test
    void onlyWhatIsUnderWayAtAReplicaThatIsKilledFails() throws Exception {
        startReplicas();
        startSidecar();
        clients = new Clients();
        clients.awaitMore(20 * CLIENTS);
        assertEquals(List.of(), clients.failed());

        long killedNanos = System.nanoTime();
        replicas.get(1).kill();
        long deadNanos = System.nanoTime();
        Await.until("it is left alone", DEADLINE, this::isOneLeftAlone);
        clients.awaitMore(50 * CLIENTS);
        replicas.set(1, ReplicaProcess.start(FIRST_PORT + 1).awaitReady());
        Await.until("it is back", DEADLINE, () -> !isOneLeftAlone());
        long backNanos = System.nanoTime();
        clients.awaitMore(20 * CLIENTS);
        clients.end();

        List<Made> failed = clients.failed();
        assertTrue(failed.size() <= clients.underWay(killedNanos, deadNanos), "more than were under way: " + failed);
        assertTrue(
                failed.stream().allMatch(call -> call.beganNanos() - deadNanos < 0),
                "begun when it was dead: " + failed);
        assertTrue(failed.stream().noneMatch(Made::onlyReads), "what is safe to repeat: " + failed);

        List<AccessLine> lines = accessLog(clients.made.size());
        List<AccessLine> lost =
                lines.stream().filter(line -> !line.outcome().equals("success")).toList();
        assertEquals(failed.size(), lost.size());
        assertTrue(lost.stream().allMatch(line -> line.endpoint().equals(DYING)), lost.toString());
        assertTrue(clients.servedAfter(backNanos) > 0);
    }

    @Test
    void thereIsHardlyMoreThanOneAttemptPerRequestWhileNobodyListens() throws Exception {
        startSidecar();
        clients = new Clients();
        clients.awaitMore(100 * CLIENTS);
        clients.end();

        int requests = clients.made.size();
        assertEquals(requests, clients.failed().size());
        assertFewAttempts(attempts(accessLog(requests)), requests);
        assertFewAttempts((long) sidecar.metric("upstream_connect_failures_total"), requests);
        assertTrue(sidecar.metric("upstream_connect_failures_total") > 0);
    }

    @Test
    void thereIsHardlyMoreThanOneAttemptPerRequestWhileEveryConnectionIsReset() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        List<ScriptedUpstream> broken = new ArrayList<>();
        try {
            for (int i = 0; i < REPLICAS; i++) {
                broken.add(new ScriptedUpstream(FIRST_PORT + i, connection -> {
                    connection.readRequest();
                    arrived.incrementAndGet();
                    connection.reset();
                }));
            }
            startSidecar();
            clients = new Clients();
            clients.awaitMore(100 * CLIENTS);
            clients.end();

            int requests = clients.made.size();
            assertEquals(requests, clients.failed().size());
            assertFewAttempts(arrived.get(), requests);
            long attempts = attempts(accessLog(requests));
            assertFewAttempts(attempts, requests);
            assertTrue(attempts >= arrived.get(), attempts + " in the log, of " + arrived);
            assertTrue(arrived.get() > 0);
        } finally {
            for (ScriptedUpstream upstream : broken) {
                upstream.close();
            }
        }
    }

    private void startReplicas() throws IOException {
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(ReplicaProcess.start(FIRST_PORT + i));
        }
        replicas.forEach(ReplicaProcess::awaitReady);
    }

    private void startSidecar() throws Exception {
        sidecar = RunningSidecar.start(
                ports.config("replicas.conf") + "\noutrigger.telemetry.access-log.path = \"" + log + "\"\n");
    }

    private boolean isOneLeftAlone() {
        try {
            return sidecar.metric("upstream_endpoints_ejected", "server=\"app\"") == 1
                    || sidecar.metric("upstream_endpoint_healthy", "server=\"app\"") == 2;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lines of the log once they are all there: a thread of its own writes them. */
    private List<AccessLine> accessLog(int requests) throws IOException {
        Await.until("the log has " + requests + " lines", DEADLINE, () -> {
            try {
                return Files.readString(log).lines().count() >= requests;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        List<AccessLine> lines = AccessLine.read(log);
        assertEquals(requests, lines.size());
        return lines;
    }

    private static long attempts(List<AccessLine> lines) {
        return lines.stream().mapToLong(AccessLine::attempts).sum();
    }

    private static void assertFewAttempts(long attempts, int requests) {
        assertTrue(attempts <= requests * 1.2, attempts + " attempts for " + requests + " requests");
    }

    /** A call that has ended. */
    private record Made(long beganNanos, long endedNanos, boolean onlyReads, boolean fine, String answer) {}

    /** Clients that call on and on, every other one what changes nothing and may be repeated. */
    private final class Clients {
        private final Queue<Made> made = new ConcurrentLinkedQueue<>();
        private final AtomicInteger count = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stop;

        Clients() {
            for (int i = 0; i < CLIENTS; i++) {
                boolean onlyReads = i % 2 == 0;
                Thread thread = new Thread(() -> callOnAndOn(onlyReads), "client-" + i);
                threads.add(thread);
                thread.start();
            }
        }

        private void callOnAndOn(boolean onlyReads) {
            String message = onlyReads ? Rpc.request("1", "tools/list", "{}") : Rpc.call("1", "echo");
            try (McpCaller client = new McpCaller(sidecar)) {
                while (!stop) {
                    long beganNanos = System.nanoTime();
                    String answer = client.post(message).text();
                    boolean fine = answer.contains("\"result\"");
                    made.add(new Made(beganNanos, System.nanoTime(), onlyReads, fine, answer));
                    count.incrementAndGet();
                }
            } catch (IOException e) {
                made.add(new Made(System.nanoTime(), System.nanoTime(), onlyReads, false, e.toString()));
            }
        }

        void awaitMore(int calls) {
            int until = count.get() + calls;
            Await.until("there are " + calls + " more calls", DEADLINE, () -> count.get() >= until);
        }

        List<Made> failed() {
            return made.stream().filter(call -> !call.fine()).toList();
        }

        long underWay(long fromNanos, long toNanos) {
            return made.stream()
                    .filter(call -> call.beganNanos() - toNanos < 0 && call.endedNanos() - fromNanos >= 0)
                    .count();
        }

        long servedAfter(long nanos) {
            return made.stream()
                    .filter(call -> call.fine() && call.beganNanos() - nanos > 0)
                    .count();
        }

        void end() throws InterruptedException {
            stop = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
