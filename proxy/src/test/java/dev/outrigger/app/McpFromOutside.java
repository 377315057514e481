package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/** What the tests of MCP's messages from the outside have in common: a sidecar on the transport under test, and its servers. */
abstract class McpFromOutside {
    static final Duration DEADLINE = Duration.ofSeconds(30);
    static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";

    final Semaphore goOn = new Semaphore(0);

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    final RunningSidecar before(McpUpstream upstream, String... more) throws Exception {
        return withRoute(upstream, "", more);
    }

    final RunningSidecar withRoute(McpUpstream upstream, String route, String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(
                upstream.port(), route, "runtime.transport = " + transport(), String.join("\n", more));
    }

    final RunningSidecar before(McpUpstream a, McpUpstream b) throws Exception {
        return RunningSidecar.beforeEndpoints(List.of(a.port(), b.port()), "", "runtime.transport = " + transport());
    }

    /** Each gets every other request, where {@link #before(McpUpstream, McpUpstream)} leaves it to chance. */
    final RunningSidecar inTurn(McpUpstream a, McpUpstream b) throws Exception {
        return RunningSidecar.beforeEndpoints(
                List.of(a.port(), b.port()),
                "",
                "runtime.transport = " + transport(),
                "upstreams.app.load-balancer = round-robin");
    }

    static String open(RunningSidecar sidecar, int id) throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.initialize(Integer.toString(id)));
            answer.text();
            return answer.header("mcp-session-id");
        }
    }

    static void assertAllOf(String prefix, McpUpstream replica) {
        for (Seen seen : replica.seen()) {
            String session = seen.header("mcp-session-id");
            assertTrue(session.isEmpty() || session.startsWith(prefix), seen.toString());
        }
    }

    static void assertError(String data, String id, int code) {
        assertTrue(data.startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":{\"code\":" + code + ","), data);
    }
}
