package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What upstreams keep when the configuration changes around them, and what becomes of those that it changes. */
@Timeout(180)
class ReloadedUpstreamsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MANY = 12;

    private final Semaphore finish = new Semaphore(0);
    private McpUpstream a;
    private McpUpstream b;

    @TempDir
    private Path directory;

    @BeforeEach
    void startReplicas() throws Exception {
        a = replica("a");
        b = replica("b");
    }

    /** One that knows no session but its own. */
    private McpUpstream replica(String name) throws IOException {
        return new McpUpstream(McpUpstream.sessions(name, McpUpstream.calls(request -> {
            String session = request.header("mcp-session-id");
            if (request.name().equals("slow")) {
                finish.acquireUninterruptibly();
            }
            if (session.isEmpty() || session.startsWith(name + "-")) {
                request.result("{}");
            } else {
                request.status(404);
            }
        })));
    }

    @AfterEach
    void stopReplicas() throws Exception {
        finish.release(MANY);
        a.close();
        b.close();
    }

    private FileSidecar sidecar() {
        return new FileSidecar(directory, "auto");
    }

    private static String to(McpUpstream... replicas) {
        return "upstreams.app { endpoints = ["
                + Stream.of(replicas)
                        .map(replica -> "\"127.0.0.1:" + replica.port() + "\"")
                        .collect(Collectors.joining(", "))
                + "], health-check.type = none }\n" + route("");
    }

    private static String route(String more) {
        return "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app " + more + " }]\n";
    }

    @Test
    void anOpenBreakerStaysOpenWhateverElseChanges() throws Exception {
        String down = "upstreams.down { endpoints = [\"127.0.0.1:" + Ports.free()
                + "\"], health-check.type = none, breaker.open-for = 1h }\n"
                + "routes = [{ name = down, match { path-prefix = \"/down\" }, upstream = down }] ${outrigger.routes}\n";
        try (FileSidecar sidecar = sidecar().write(to(a) + down).start()) {
            for (int i = 0; i < 5; i++) {
                String answer = sidecar.call("/down").body();
                assertTrue(answer.contains("\"code\":10001"), answer);
            }
            assertOpen(sidecar);
            sidecar.apply(to(b) + route(", timeout = 20s") + down);
            assertOpen(sidecar);
            sidecar.apply(to(b) + down.replace("open-for = 1h", "open-for = 2h, breaker.consecutive-failures = 9"));
            assertOpen(sidecar);
            sidecar.applyWrong(to(b) + down.replace("1h", "1 hour of sleep"));
            assertOpen(sidecar);
            sidecar.apply(to(b) + down.replace("health-check", "pool.connect-timeout = 2s, health-check"));
            assertOpen(sidecar);
            assertEquals(5, sidecar.metric("circuit_breaker_calls_total", "component=\"down\"", "outcome=\"failure\""));
        }
    }

    private static void assertOpen(FileSidecar sidecar) {
        double failed = sidecar.metric("upstream_connect_failures_total", "server=\"down\"");
        String refused = sidecar.call("/down").body();
        assertTrue(refused.contains("\"code\":10002"), refused);
        assertEquals(1, sidecar.metric("circuit_breaker_state", "component=\"down\"", "state=\"open\""));
        assertEquals(failed, sidecar.metric("upstream_connect_failures_total", "server=\"down\""), "without trying");
    }

    @Test
    void anEqualUpstreamKeepsItsConnections() throws Exception {
        String idle = "defaults.upstream.pool.idle-timeout = 10m\n";
        try (FileSidecar sidecar = sidecar().write(idle + to(a)).start();
                McpCaller client = sidecar.caller()) {
            call(client);
            for (int seconds = 20; seconds < 25; seconds++) {
                sidecar.apply(idle + to(a) + route(", timeout = " + seconds + "s") + "upstreams.new" + seconds
                        + ".endpoints = [\"127.0.0.1:" + b.port() + "\"]");
                call(client);
            }
            sidecar.apply(idle + to(a) + "upstreams.app.breaker.consecutive-failures = 7");
            call(client);
            sidecar.apply(idle + to(a, b) + "upstreams.app.breaker.consecutive-failures = 8");
            call(client);
            assertEquals(1, a.connections(), "also when the upstream changes, but not this endpoint");
        }
    }

    private static void call(McpCaller client) throws IOException {
        WireMessage answer = client.post(Rpc.call("1", "echo"));
        assertEquals(200, answer.status());
        String text = answer.text();
        assertTrue(text.contains("\"result\""), text);
    }

    @Test
    void sessionsStayWithTheirReplica() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a, b)).start()) {
            List<String> sessions = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                try (McpCaller client = sidecar.caller()) {
                    sessions.add(client.post(Rpc.initialize("" + i)).header("mcp-session-id"));
                }
            }
            callEach(sidecar, sessions);
            sidecar.apply(to(a, b) + route(", timeout = 20s"));
            callEach(sidecar, sessions);
            sidecar.apply(to(a, b) + "upstreams.app.breaker.consecutive-failures = 7");
            callEach(sidecar, sessions);
            sidecar.apply(to(b, a) + "mcp.sessions.max = 500");
            callEach(sidecar, sessions);
            assertOnlySessionsOf("a", a);
            assertOnlySessionsOf("b", b);
            assertEquals(
                    MANY * 4, a.seen("tools/call").size() + b.seen("tools/call").size());
            assertEquals(MANY, sidecar.metric("mcp_sessions_active"));
        }
    }

    private static void callEach(FileSidecar sidecar, List<String> sessions) {
        for (String session : sessions) {
            assertEquals(200, sidecar.call("/mcp", "Mcp-Session-Id: " + session).status());
        }
    }

    private static void assertOnlySessionsOf(String prefix, McpUpstream replica) {
        assertTrue(replica.seen("tools/call").stream()
                .allMatch(call -> call.header("mcp-session-id").startsWith(prefix + "-")));
    }

    @Test
    void aRemovedEndpointFinishesItsCallAndGetsNoOther() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a, b)).start();
                McpCaller busy = sidecar.caller()) {
            for (int i = 0; i < MANY; i++) {
                assertEquals(200, sidecar.call("/mcp").status());
            }
            busy.sendPost(Rpc.call("7", "slow"));
            Await.until("a replica has the slow call", DEADLINE, () -> hasSlow(a) || hasSlow(b));
            McpUpstream removed = hasSlow(a) ? a : b;
            McpUpstream kept = removed == a ? b : a;
            sidecar.apply(to(kept));
            int before = removed.seen().size();
            int keptBefore = kept.seen().size();
            for (int i = 0; i < MANY; i++) {
                assertEquals(200, sidecar.call("/mcp").status());
            }
            assertEquals(before, removed.seen().size());
            assertEquals(keptBefore + MANY, kept.seen().size());
            Await.until("only the call's connection is left", DEADLINE, () -> removed.openConnections() == 1);
            finish.release();
            String answer = busy.answer().text();
            assertTrue(answer.contains("\"result\"") && answer.contains("\"id\":7"), answer);
            removed.awaitNoConnection();

            sidecar.apply(to(kept, removed));
            Await.until("the endpoint that is back gets calls", DEADLINE, () -> {
                assertEquals(200, sidecar.call("/mcp").status());
                return removed.seen().size() > before;
            });
        }
    }

    private static boolean hasSlow(McpUpstream replica) {
        return replica.seen().stream().anyMatch(call -> call.name().equals("slow"));
    }

    @Test
    void aSessionOfARemovedEndpointIsLost() throws Exception {
        try (FileSidecar sidecar = sidecar().write(to(a, b)).start();
                McpCaller client = sidecar.caller()) {
            WireMessage opened = client.post(Rpc.initialize("1"));
            opened.text();
            String session = opened.header("mcp-session-id");
            McpUpstream kept = session.startsWith("a-") ? b : a;
            sidecar.apply(to(kept));
            int before = kept.seen().size();
            assertEquals(404, sidecar.call("/mcp", "Mcp-Session-Id: " + session).status());
            assertEquals(404, sidecar.call("/mcp", "Mcp-Session-Id: " + session).status());
            assertEquals(before, kept.seen().size(), "the replica that is left knows nothing of it");
            assertEquals(0, sidecar.metric("mcp_sessions_active"));
        }
    }

    /** The whole upstream is replaced while a call is under way on it. */
    @Test
    void aRemovedUpstreamFinishesItsCall() throws Exception {
        String other = "upstreams.other { endpoints = [\"127.0.0.1:" + b.port()
                + "\"], health-check.type = none }\n"
                + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = other }]";
        try (FileSidecar sidecar = sidecar().write(to(a)).start();
                McpCaller busy = sidecar.caller()) {
            busy.sendPost(Rpc.call("7", "slow"));
            a.first("tools/call");
            sidecar.apply(other);
            assertEquals(200, sidecar.call("/mcp").status());
            assertEquals(1, b.seen().size());
            finish.release();
            String answer = busy.answer().text();
            assertTrue(answer.contains("\"result\"") && answer.contains("\"id\":7"), answer);
            a.awaitNoConnection();
            sidecar.await("nothing is left of it", () -> sidecar.metric("upstream_connections", "server=\"app\"") == 0);
        }
    }
}
