package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which endpoint requests go to, by weight, by latency, and by what became of those before. */
@Timeout(120)
class BalancingIT {
    private static final int CALLS = 40;

    private volatile boolean failing;
    private volatile boolean slow;
    private McpUpstream a;
    private McpUpstream b;

    @BeforeEach
    void startReplicas() throws Exception {
        a = new McpUpstream(McpUpstream.sessions("a", request -> {
            if (failing) {
                request.status(503);
                return;
            }
            if (slow) {
                request.work(Duration.ofMillis(80));
            }
            request.result("{}");
        }));
        b = new McpUpstream(McpUpstream.sessions("b", McpUpstream.plain()));
    }

    @AfterEach
    void stopReplicas() throws Exception {
        a.close();
        b.close();
    }

    private RunningSidecar sidecar(String upstream) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams.app {
                    endpoints = [{ address = "127.0.0.1:%d", weight = 3 }, "127.0.0.1:%d"]
                    health-check.type = none, breaker.consecutive-failures = 10000
                    %s
                  }
                  routes = [{ name = all, upstream = app }]
                  status.bind = "127.0.0.1:0", admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms, runtime.workers = 1
                }
                """.formatted(a.port(), b.port(), upstream));
    }

    private static void call(McpCaller client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            client.post(Rpc.call(Integer.toString(i), "echo"));
        }
    }

    /** Within a condition. */
    private static void callAll(McpCaller client, int times) {
        try {
            call(client, times);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void roundRobinFollowsTheWeights() throws Exception {
        try (RunningSidecar sidecar = sidecar("load-balancer = round-robin");
                McpCaller client = new McpCaller(sidecar)) {
            call(client, CALLS);
            assertEquals(CALLS * 3 / 4, a.seen().size());
            assertEquals(CALLS / 4, b.seen().size());
            assertTrue(sidecar.admin("/upstreams").body().contains("\"weight\":3"));
        }
    }

    /** By weight alone, the slow one would get three of four: so many in a row without it are no chance. */
    @Test
    void peakEwmaLeavesTheSlowOneAlone() throws Exception {
        slow = true;
        try (RunningSidecar sidecar = sidecar("load-balancer = peak-ewma");
                McpCaller client = new McpCaller(sidecar)) {
            Await.until("the slow one is left alone", Duration.ofSeconds(60), () -> {
                int before = a.seen().size();
                callAll(client, CALLS / 2);
                return a.seen().size() == before;
            });
        }
    }

    @Test
    void anEndpointThatFailsInARowIsLeftAloneButForItsSessions() throws Exception {
        try (RunningSidecar sidecar = sidecar("load-balancer = round-robin, ejection.consecutive-failures = 3");
                McpCaller client = new McpCaller(sidecar);
                McpCaller guest = new McpCaller(sidecar)) {
            String session = "";
            while (!session.startsWith("a-")) {
                session = client.post(Rpc.initialize("1")).header("mcp-session-id");
            }
            failing = true;
            int before = a.seen().size();
            call(client, CALLS);
            assertEquals(3, a.seen().size() - before, "requests until it was ejected");
            sidecar.awaitMetric(1, "upstream_endpoint_ejections_total", "server=\"app\"");
            sidecar.awaitMetric(1, "upstream_endpoints_ejected", "server=\"app\"");
            assertTrue(sidecar.admin("/upstreams").body().contains("\"ejected\":true"));

            failing = false;
            assertEquals(200, guest.session(session).post(Rpc.call("2", "echo")).status());
            assertEquals(4, a.seen().size() - before, "its session goes on");
        }
    }

    @Test
    void oneRequestTriesWhetherItIsBack() throws Exception {
        failing = true;
        try (RunningSidecar sidecar = sidecar(
                        "load-balancer = round-robin, ejection { consecutive-failures = 2, base-time = 20ms, max-time = 40ms }");
                McpCaller client = new McpCaller(sidecar)) {
            call(client, CALLS);
            failing = false;
            int before = a.seen().size();
            Await.until("it gets its share again", Duration.ofSeconds(30), () -> {
                callAll(client, 4);
                return a.seen().size() - before > CALLS;
            });
            sidecar.awaitMetric(0, "upstream_endpoints_ejected", "server=\"app\"");
        }
    }
}
