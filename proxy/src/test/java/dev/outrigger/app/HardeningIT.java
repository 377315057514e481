package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener makes of requests that servers read differently, and of clients that take their time, over real sockets. */
class HardeningIT {
    private static final String CLOSED = "outrigger_connections_closed_total";
    private static final String REFUSED = "outrigger_requests_refused_total";

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private ScriptedUpstream upstream() throws Exception {
        return new ScriptedUpstream(connection -> {
            seen.add(connection.readRequest());
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/public/../mcp, /mcp",
        "/public/%2e%2E/mcp?x=/../%2e, /mcp?x=/../%2e",
        "/%6dcp, /mcp",
        "/mcp%2Fx, /mcp%2Fx",
        "/a//b, /a//b",
    })
    void theUpstreamSeesThePathThatTheRouteWasChosenBy(String path, String normal) throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").readResponse();
            assertTrue(seen.get(0).startsWith("GET " + normal + " HTTP/1.1\r\n"), seen.get(0));
        }
    }

    @Test
    void aRuleForAPathIsNotDodgedByWritingItAnotherWay() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.start("""
                        outrigger {
                          listeners.inbound.bind = "127.0.0.1:0"
                          upstreams.app { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                          routes = [{ name = public, match { path-prefix = "/public" }, upstream = app }]
                          status.bind = "127.0.0.1:0"
                          admin.bind = "127.0.0.1:0"
                          lifecycle.drain-timeout = 500ms
                        }
                        """.formatted(upstream.port()))) {
            for (String path : List.of("/public/../admin", "/public/%2e%2e/admin", "/public/%2E./admin")) {
                assertTrue(answerTo(sidecar, path).startsWith("HTTP/1.1 404 "), path);
            }
            for (String path : List.of("/public/..%2fadmin", "/public/..;/admin", "/public/%00", "/../public")) {
                assertTrue(answerTo(sidecar, path).startsWith("HTTP/1.1 400 "), path);
            }
            assertTrue(seen.isEmpty(), seen.toString());
            assertEquals(4, sidecar.metric(REFUSED, "reason=\"path\"", "listener=\"inbound\""));
        }
    }

    private static String answerTo(RunningSidecar sidecar, String path) throws Exception {
        try (RawClient client = new RawClient(sidecar.inbound())) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .readToEnd();
        }
    }

    @Test
    void aHeaderWithAnUnderscoreDoesNotReachTheUpstream() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 1.2.3.4\r\nX-A: b\r\n\r\n")
                    .readResponse();
            assertFalse(seen.get(0).contains("1.2.3.4"), seen.get(0));
            assertTrue(seen.get(0).contains("X-A: b\r\n"), seen.get(0));
        }
    }

    @Test
    void aGetWithABodyPassesAndIsFramed() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
            client.send("GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: " + hidden.length() + "\r\n\r\n" + hidden
                    + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
            client.readResponse();
            client.readResponse();
            assertEquals(2, seen.size());
            assertTrue(seen.get(0).endsWith(hidden), seen.get(0));
            assertTrue(seen.get(1).startsWith("GET /second "), seen.get(1));
        }
    }

    @Test
    void theLastRefusedRequestsAreShownWithoutTheirSecrets() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            try (RawClient client = new RawClient(sidecar.inbound())) {
                client.send("GET /a?key=tiger HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Key: tiger\r\n\r\n")
                        .readToEnd();
            }
            try (RawClient client = new RawClient(sidecar.inbound())) {
                client.send("GET /b HTTP/1.1\r\nHost: a\r\nCookie : tiger\r\n\r\n")
                        .readToEnd();
            }
            sidecar.awaitMetric(2, CLOSED, "reason=\"refused\"");
            String page = sidecar.admin("/errors").body();
            assertFalse(page.contains("tiger"), page);
            List<? extends Config> errors = ConfigFactory.parseString(page).getConfigList("errors");
            Config later = errors.get(0);
            assertEquals("syntax", later.getString("reason"));
            assertTrue(later.getString("bytes").contains("Cookie : <5 bytes>\\r\\n"), page);
            Config earlier = errors.get(1);
            assertEquals("host", earlier.getString("reason"));
            assertEquals("inbound", earlier.getString("listener"));
            assertEquals("GET /a?<9 bytes> HTTP/1.1", earlier.getString("request_line"));
            assertEquals(List.of("Host: a", "Host: b", "X-Key: <5 bytes>"), earlier.getStringList("headers"));
        }
    }

    @Test
    void whoPipelinesTooMuchIsAnsweredThatMuch() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.http.max-pipelined = 3");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answers =
                    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20)).readToEnd();
            assertEquals(4, answers.split("HTTP/1.1 200 ", -1).length - 1, answers);
            assertEquals(1, answers.split("(?i)connection: close", -1).length - 1, answers);
            sidecar.awaitMetric(1, CLOSED, "reason=\"pipelined\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "nio"})
    void whoDoesNotReadItsAnswerIsCut(String transport) throws Exception {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (LargeAnswers upstream = new LargeAnswers(loops, 32 << 20);
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(),
                        "runtime.transport = " + transport,
                        "listeners.inbound.http { min-body-rate = 1000B, slow-grace = 1s }");
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readUntil("\r\n\r\n");
            sidecar.awaitMetric(1, CLOSED, "reason=\"slow_read\"");
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void whoGivesNoWindowIsCutOverHttp2(String transport) throws Exception {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (LargeAnswers upstream = new LargeAnswers(loops, 1 << 20);
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(),
                        "runtime.transport = " + transport,
                        "listeners.inbound.http { min-body-rate = 1000B, slow-grace = 1s }");
                Http2Peer client = new Http2Peer(sidecar)) {
            client.getHeld("/");
            sidecar.awaitMetric(1, CLOSED, "reason=\"slow_read\"");
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
            client.awaitClosed();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void whoTricklesABodyIsAnswered408OverHttp2() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(), "listeners.inbound.http { min-body-rate = 1000B, slow-grace = 3s }");
                Http2Peer client = new Http2Peer(sidecar)) {
            Http2Peer.Stream slow = client.open(client.head("POST", "/"), false);
            slow.data("x", false);
            slow.awaitEnd();
            assertEquals("408", slow.status());
            client.awaitClosed();
            sidecar.awaitMetric(1, CLOSED, "reason=\"slow_body\"");
        }
    }

    @Test
    void whoTricklesABodyIsAnswered408() throws Exception {
        try (ScriptedUpstream upstream = upstream();
                RunningSidecar sidecar = RunningSidecar.before(
                        upstream.port(), "listeners.inbound.http { min-body-rate = 1000B, slow-grace = 1s }");
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")
                    .readToEnd();
            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
            assertTrue(answer.contains("\"reason\":\"slow_request\""), answer);
            sidecar.awaitMetric(1, CLOSED, "reason=\"slow_body\"");
        }
    }
}
