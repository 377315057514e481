package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is refused when there is too much of it: requests while memory is short, connections of one address. */
class OverloadIT {
    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(McpUpstream.plain());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    @Test
    void newRequestsAreRefusedWhileMemoryIsShortAndAnswersPass() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "overload.max-direct-memory = 0.000001%");
                McpCaller client = new McpCaller(sidecar)) {
            sidecar.awaitMetric(1, "outrigger_overload", "resource=\"direct_memory\"");
            String refused = client.post(Rpc.call("1", "echo")).text();
            assertTrue(refused.startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":10005,"), refused);
            assertTrue(refused.contains("\"shed\"") && refused.contains("\"retry_after_ms\":1000"), refused);
            WireMessage answer = client.post(Rpc.result("7", "{}"));
            assertEquals(202, answer.status());
            answer.text();
            assertEquals(1, sidecar.metric("outrigger_requests_shed_total"));
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void anAddressHasNoMoreConnectionsThanItMay() throws Exception {
        try (RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.max-connections-per-address = 2");
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), first.post(Rpc.call("1", "echo")).text());
            assertEquals(
                    Rpc.result("1", "{}"), second.post(Rpc.call("1", "echo")).text());
            try (RawClient third = new RawClient(sidecar.inbound())) {
                assertTrue(third.readToEnd().replace("<reset>", "").isEmpty());
            }
            sidecar.awaitMetric(1, "outrigger_connections_closed_total", "reason=\"max_per_address\"");
            first.connection().close();
            sidecar.awaitMetric(1, "outrigger_downstream_connections");
            try (McpCaller next = new McpCaller(sidecar)) {
                assertEquals(
                        Rpc.result("1", "{}"), next.post(Rpc.call("1", "echo")).text());
            }
        }
    }
}
