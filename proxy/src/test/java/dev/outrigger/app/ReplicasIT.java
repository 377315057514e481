package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three replicas, of which one dies under load. */
@Timeout(120)
class ReplicasIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int CLIENTS = 12;
    /** Failures in a row that eject an endpoint. */
    private static final int EJECTED_AFTER = 5;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Test
    void whatIsUnderWayAtAReplicaThatDiesFailsAndNothingAfterItsEjection() throws Exception {
        McpUpstream dying = replica();
        try (McpUpstream a = replica();
                McpUpstream b = replica();
                RunningSidecar sidecar = sidecar(List.of(a.port(), dying.port(), b.port()))) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Thread(() -> callOnAndOn(sidecar)));
            }
            clients.forEach(Thread::start);
            Await.until("there is load", DEADLINE, () -> answered.get() > 20 * CLIENTS);
            assertEquals(0, failed.get());

            dying.close();
            Await.until("it is left alone", DEADLINE, () -> isLeftAlone(sidecar));
            int lost = failed.get();
            int before = answered.get();
            Await.until("the load goes on", DEADLINE, () -> answered.get() > before + 50 * CLIENTS);
            stop.set(true);
            for (Thread client : clients) {
                client.join();
            }

            // A call may have been on its way there when the last one before the ejection failed.
            assertTrue(failed.get() <= CLIENTS + EJECTED_AFTER, failed.get() + " failed");
            assertTrue(failed.get() - lost <= CLIENTS, "after the ejection: " + (failed.get() - lost));
            assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"app\"", "state=\"closed\""));
            assertEquals(0, sidecar.metric("circuit_breaker_transitions_total", "component=\"app\""));
        } finally {
            stop.set(true);
        }
    }

    private static McpUpstream replica() throws IOException {
        return new McpUpstream(McpUpstream.calls(request -> {
            request.work(Duration.ofMillis(2));
            request.result("{}");
        }));
    }

    private static RunningSidecar sidecar(List<Integer> ports) throws Exception {
        return RunningSidecar.beforeEndpoints(ports, "timeout = 5s", """
                upstreams.app {
                  load-balancer = least-request
                  breaker { consecutive-failures = 5, open-for = 2s }
                  health-check { type = tcp, interval = 500ms, timeout = 250ms, healthy-after = 1, unhealthy-after = 2 }
                }
                """);
    }

    private static boolean isLeftAlone(RunningSidecar sidecar) {
        try {
            return sidecar.metric("upstream_endpoints_ejected", "server=\"app\"") == 1
                    || sidecar.metric("upstream_endpoint_healthy", "server=\"app\"") == 2;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void callOnAndOn(RunningSidecar sidecar) {
        try (McpCaller client = new McpCaller(sidecar)) {
            while (!stop.get()) {
                boolean fine = client.post(Rpc.call("1", "echo")).text().contains("\"result\"");
                (fine ? answered : failed).incrementAndGet();
            }
        } catch (IOException e) {
            failed.incrementAndGet();
        }
    }
}
