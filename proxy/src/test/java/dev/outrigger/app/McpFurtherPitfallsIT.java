package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.testing.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What went wrong in other gateways, one after the other.
 *
 * <p>Continues {@link McpPitfallsIT}.
 *
 * <ol start="7">
 *   <li>Labels: {@link #toolNamesThatClientsMakeUpAreBounded}, {@link #sessionsAndAddressesAndIdsAreNeverLabels}; more in
 *       {@code ToolListIT}
 *   <li>Ids: {@link #idsOfDifferentClientsAreDifferent}, {@link #aServersOwnRequestIsNoAnswer}
 *   <li>Idle connections: {@link #idleConnectionsAreClosedBeforeTheServerDoes}
 *   <li>Headers: {@link #aLegacyClientMayNotGetAroundAPolicyByAHeader}, {@link #aModernHeaderMustEqualTheBody}; more in
 *       {@code RefusalsIT}
 *   <li>Timeouts: {@link #timeoutsAreShorterThanThoseOfClients}, {@link #progressResetsATimeout},
 *       {@link #progressDoesNotResetTheHardCap}
 *   <li>The session table: {@link #sessionsAreBounded}, {@link #sessionsExpireAlsoWhileAStreamIsOpen},
 *       {@link #aSessionIsBoundToThePrincipalThatOpenedIt}
 * </ol>
 */
class McpFurtherPitfallsIT extends McpFromOutside {
    // ---- 7. labels

    @Test
    void toolNamesThatClientsMakeUpAreBounded() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream, "mcp.max-tool-labels = 5", "runtime.workers = 1");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 30; i++) {
                client.post(Rpc.call("1", "made-up-" + i)).text();
            }
            assertEquals(30, sidecar.metric("mcp_tool_execution_total"));
            assertEquals(25, sidecar.metric("mcp_tool_execution_total", "tool_name=\"other\""));
            assertEquals(25, sidecar.metric("outrigger_telemetry_dropped_total", "kind=\"tool_labels\""));
        }
    }

    @Test
    void sessionsAndAddressesAndIdsAreNeverLabels() throws Exception {
        String body = Rpc.request("\"id-sentinel\"", "resources/read", "{\"uri\":\"file:///uri-sentinel\"}");
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = before(upstream);
                McpCaller client =
                        new McpCaller(sidecar).session("session-sentinel").at("/mcp/path-sentinel?q=query-sentinel")) {
            client.post(body).text();
            client.post(Rpc.request("2", "method-sentinel", "{\"taskId\":\"task-sentinel\"}"))
                    .text();
            client.post(Rpc.request("3", "prompts/get", "{\"name\":\"prompt-sentinel\"}"))
                    .text();
            sidecar.awaitMetric(3, OPERATIONS);
            String all = sidecar.status("/metrics").body();
            assertFalse(all.contains("sentinel"), () -> all.lines()
                    .filter(line -> line.contains("sentinel"))
                    .toList()
                    .toString());
        }
    }

    // ---- 8. ids

    @Test
    void idsOfDifferentClientsAreDifferent() throws Exception {
        int clients = 8;
        try (McpUpstream upstream = new McpUpstream(request -> {
                    goOn.acquireUninterruptibly();
                    request.result("{\"you\":\"" + request.header("mcp-session-id") + "\"}");
                });
                RunningSidecar sidecar = before(upstream)) {
            McpCaller[] callers = new McpCaller[clients];
            for (int i = 0; i < clients; i++) {
                callers[i] = new McpCaller(sidecar).session("s-" + i).sendPost(Rpc.call("1", "echo"));
            }
            Await.until("all have asked", DEADLINE, () -> upstream.seen().size() == clients);
            goOn.release(clients);
            for (int i = 0; i < clients; i++) {
                assertEquals(
                        Rpc.result("1", "{\"you\":\"s-" + i + "\"}"),
                        callers[i].answer().text());
                callers[i].close();
            }
            sidecar.awaitMetric(clients, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

    /** Its id may be the same as that of the client's request. */
    @Test
    void aServersOwnRequestIsNoAnswer() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(Rpc.request("1", "sampling/createMessage", "{}"));
                    stream.cut();
                });
                RunningSidecar sidecar = before(upstream);
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            assertEquals("sampling/createMessage", Rpc.methodOf(stream.event().data()));
            assertError(stream.event().data(), "1", 10009);
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"error\"");
        }
    }

    // ---- 9. idle connections

    @Test
    void idleConnectionsAreClosedBeforeTheServerDoes() throws Exception {
        assertTrue(defaults().upstreams().get(0).pool().idleTimeout().compareTo(Duration.ofSeconds(5)) < 0);
        try (McpUpstream upstream =
                        new McpUpstream(request -> request.json(Rpc.result("1", "{}"), "Keep-Alive: timeout=5"));
                RunningSidecar sidecar = before(upstream, "upstreams.app.pool.idle-timeout = 300ms");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.call("1", "echo"));
            assertEquals("", answer.header("keep-alive"), "concerns the other connection");
            answer.text();
            upstream.awaitNoConnection();
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "echo")).text());
            assertEquals(2, upstream.connections());
        }
    }

    // ---- 10. headers

    @Test
    void aLegacyClientMayNotGetAroundAPolicyByAHeader() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.calls(Seen::awaitClosed));
                RunningSidecar sidecar =
                        withRoute(upstream, "timeout = 20s, tools { \"slow_*\" { timeout = 300ms } }");
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.sendPost(
                            Rpc.call("1", "slow_x"), "MCP-Protocol-Version: 2025-06-18", "Mcp-Name: echo")
                    .answer()
                    .text();
            assertError(answer, "1", 10003);
        }
    }

    @Test
    void aModernHeaderMustEqualTheBody() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = withRoute(upstream, "tools { \"slow_*\" { timeout = 10s } }");
                McpCaller client = new McpCaller(sidecar)) {
            String answer = client.sendPost(
                            Rpc.modernCall("1", "slow_x"),
                            "MCP-Protocol-Version: 2026-07-28",
                            "Mcp-Method: tools/call",
                            "Mcp-Name: echo")
                    .answer()
                    .text();
            assertError(answer, "1", 10008);
            assertTrue(upstream.seen().isEmpty());
        }
    }

    // ---- 11. timeouts

    /** Java's client gives up after 20 s. */
    @Test
    void timeoutsAreShorterThanThoseOfClients() throws Exception {
        ProxyConfig config = defaults();
        assertTrue(config.routes().get(0).timeout().compareTo(Duration.ofSeconds(20)) < 0);
        assertTrue(config.routes()
                        .get(0)
                        .maxDuration()
                        .compareTo(config.routes().get(0).timeout())
                > 0);
    }

    @Test
    void progressResetsATimeout() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    for (int i = 0; i < 3; i++) {
                        request.work(Duration.ofMillis(1500));
                        stream.event(Rpc.progress("1"));
                    }
                    stream.event(Rpc.result("1", "{}")).end();
                });
                RunningSidecar sidecar = withRoute(upstream, "timeout = 4s");
                McpCaller client = new McpCaller(sidecar)) {
            assertTrue(client.postModern(Rpc.modernCall("1", "echo")).text().contains(Rpc.result("1", "{}")));
        }
    }

    @Test
    void progressDoesNotResetTheHardCap() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    for (int i = 0; i < 500; i++) {
                        request.work(Duration.ofMillis(50));
                        stream.event(Rpc.progress("1"));
                    }
                });
                RunningSidecar sidecar = withRoute(upstream, "timeout = 500ms, max-duration = 800ms");
                McpCaller client = new McpCaller(sidecar)) {
            String text = client.postModern(Rpc.modernCall("1", "echo")).text();
            assertTrue(text.contains("\"id\":1,\"error\":{\"code\":10003,"), text);
            upstream.awaitNoConnection();
        }
    }

    // ---- 12. the session table

    @Test
    void sessionsAreBounded() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.sessions("s", McpUpstream.plain()));
                RunningSidecar sidecar = before(upstream, "mcp.sessions.max = 3");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 20; i++) {
                client.post(Rpc.initialize(Integer.toString(i))).text();
            }
            // What is too many leaves soon, by the thread that looks after the table.
            sidecar.awaitMetric(3, "mcp_sessions_active");
        }
    }

    @Test
    void sessionsExpireAlsoWhileAStreamIsOpen() throws Exception {
        try (McpUpstream upstream = new McpUpstream(
                        McpUpstream.sessions("s", request -> request.stream().awaitClosed()));
                RunningSidecar sidecar = before(upstream, "mcp.sessions.idle-timeout = 1s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage opened = client.post(Rpc.initialize("1"));
            opened.text();
            assertEquals(
                    200, client.session(opened.header("mcp-session-id")).get().status());
            sidecar.awaitMetric(0, "mcp_sessions_active");
            sidecar.awaitAtLeast(1, "mcp_server_session_duration_seconds_count");
        }
    }

    @Test
    void aSessionIsBoundToThePrincipalThatOpenedIt() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.sessions("s", McpUpstream.plain()));
                RunningSidecar sidecar = before(upstream);
                McpCaller owner = new McpCaller(sidecar).with("Authorization", McpCaller.bearer("alice", 1))) {
            String session = owner.post(Rpc.initialize("1")).header("mcp-session-id");
            try (McpCaller thief = new McpCaller(sidecar)
                    .with("Authorization", McpCaller.bearer("mallory", 1))
                    .session(session)) {
                assertEquals(404, thief.post(Rpc.call("2", "echo")).status());
            }
            assertEquals(1, upstream.seen().size());
            try (McpCaller mine = new McpCaller(sidecar)
                    .with("Authorization", McpCaller.bearer("alice", 2))
                    .session(session)) {
                assertEquals(
                        Rpc.result("2", "{}"), mine.post(Rpc.call("2", "echo")).text());
            }
        }
    }

    private static ProxyConfig defaults() {
        if (new ConfigLoader()
                        .loadString(
                                "test",
                                "outrigger { listeners.in.bind = \"127.0.0.1:0\", upstreams.app.endpoints = [\"127.0.0.1:1\"], routes = [{ upstream = app }] }")
                instanceof Loaded loaded) {
            return loaded.config();
        }
        throw new AssertionError("the defaults are a configuration");
    }
}
