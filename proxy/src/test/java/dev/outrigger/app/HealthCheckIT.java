package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks that speak HTTP and MCP, and what health pages make of them. */
@Timeout(120)
class HealthCheckIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String OFTEN =
            "interval = 50ms, timeout = 50ms, healthy-after = 1, unhealthy-after = 1, jitter = 0%";
    /** Where a check may not fail because the machine is busy. */
    private static final String SELDOM = OFTEN.replace("50ms", "3s");

    private static RunningSidecar sidecar(McpUpstream server, String check) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams.app { endpoints = ["127.0.0.1:%d"], health-check { %s } }
                  routes = [{ name = all, upstream = app }]
                  status.bind = "127.0.0.1:0", admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms, runtime.workers = 1
                }
                """.formatted(server.port(), check));
    }

    private static void awaitHealth(RunningSidecar sidecar, String part) {
        Await.until(part, DEADLINE, () -> {
            try {
                return sidecar.status("/health/mcp").body().contains(part);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** A check that is late on a busy machine has failed, and the next one is as good as any. */
    private static void awaitReady(RunningSidecar sidecar, int status) {
        Await.until("/ready is " + status, DEADLINE, () -> {
            try {
                return sidecar.status("/ready").statusCode() == status;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aCheckByHttpGoesByTheStatus() throws Exception {
        AtomicInteger status = new AtomicInteger(204);
        try (McpUpstream server = new McpUpstream(request -> request.status(status.get()));
                RunningSidecar sidecar =
                        sidecar(server, OFTEN + ", type = http, http { path = \"/up?deep=1\", status = [204, 3xx] }")) {
            awaitHealth(sidecar, "\"connected\"");
            assertEquals("/up?deep=1", server.last().target());
            assertEquals("GET", server.last().httpMethod());
            awaitReady(sidecar, 200);
            status.set(200);
            awaitHealth(sidecar, "\"status 200\"");
            assertEquals(503, sidecar.status("/health/mcp").statusCode());
            assertEquals(503, sidecar.status("/ready").statusCode(), "more than half of the upstreams are unavailable");
            status.set(302);
            awaitHealth(sidecar, "\"connected\"");
            assertTrue(sidecar.metric("upstream_health_checks_total", "server=\"app\"", "result=\"failure\"") > 0);
        }
    }

    @Test
    void aServerThatNeverAnswersIsFoundByHttp() throws Exception {
        try (McpUpstream server = new McpUpstream(McpUpstream.Seen::awaitClosed);
                RunningSidecar sidecar = sidecar(server, OFTEN + ", type = http")) {
            awaitHealth(sidecar, "\"answer timeout\"");
        }
    }

    @Test
    void aModernServerIsAskedToDiscover() throws Exception {
        try (McpUpstream server = new McpUpstream(McpUpstream.plain());
                RunningSidecar sidecar = sidecar(server, OFTEN + ", type = mcp, mcp.path = /deep/mcp")) {
            McpUpstream.Seen asked = server.first("server/discover");
            assertEquals("/deep/mcp", asked.target());
            assertEquals(Rpc.MODERN, asked.header("mcp-protocol-version"));
            assertEquals("server/discover", asked.header("mcp-method"));
            awaitHealth(sidecar, "\"connected\"");
            assertEquals(List.of(), server.seen("initialize"));
        }
    }

    @Test
    void ofALegacyServerNoSessionIsLeftBehind() throws Exception {
        Set<String> sessions = ConcurrentHashMap.newKeySet();
        AtomicInteger made = new AtomicInteger();
        try (McpUpstream server = new McpUpstream(request -> {
                    if (request.method().equals("initialize")) {
                        String session = "s" + made.incrementAndGet();
                        sessions.add(session);
                        McpUpstream.Stream stream = request.stream("Mcp-Session-Id: " + session);
                        stream.event(Rpc.result(request.id(), "{\"protocolVersion\":\"2025-11-25\"}"));
                        stream.end();
                    } else if (request.httpMethod().equals("DELETE")) {
                        sessions.remove(request.header("mcp-session-id"));
                        request.status(200);
                    } else {
                        request.status(400);
                    }
                });
                RunningSidecar sidecar = sidecar(server, SELDOM + ", type = mcp")) {
            Await.until("some checks were made", DEADLINE, () -> made.get() > 1);
            awaitHealth(sidecar, "\"connected\"");
            assertEquals(1, server.seen("server/discover").size(), "it is remembered what it speaks");
            sidecar.sidecar().stop();
            Await.until("all sessions were ended", DEADLINE, () -> sessions.size() <= 1);
        }
    }

    @Test
    void aSessionOfACheckThatGaveUpIsEndedToo() throws Exception {
        Set<String> ended = ConcurrentHashMap.newKeySet();
        AtomicInteger made = new AtomicInteger();
        try (McpUpstream server = new McpUpstream(request -> {
                    if (request.method().equals("initialize")) {
                        String session = "s" + made.incrementAndGet();
                        request.work(Duration.ofMillis(2500));
                        request.json(Rpc.result(request.id(), "{}"), "Mcp-Session-Id: " + session);
                    } else if (request.httpMethod().equals("DELETE")) {
                        ended.add(request.header("mcp-session-id"));
                        request.status(405);
                    } else {
                        request.status(404);
                    }
                });
                RunningSidecar sidecar = sidecar(server, OFTEN + ", type = mcp")) {
            awaitHealth(sidecar, "\"answer timeout\"");
            Await.until("the sessions were ended", DEADLINE, () -> ended.contains("s1") && ended.contains("s2"));
            assertEquals(
                    0,
                    sidecar.metric("upstream_health_checks_total", "result=\"success\""),
                    "what is too late for one check is not the answer to another");
        }
    }

    @Test
    void whatIsNoMcpServerIsUnhealthy() throws Exception {
        try (McpUpstream server = new McpUpstream(request -> request.respond(200, "text/html", "<html></html>"));
                RunningSidecar sidecar = sidecar(server, OFTEN + ", type = mcp")) {
            awaitHealth(sidecar, "\"no MCP result\"");
        }
    }

    @Test
    void aServerThatAsksWhoIsThereWorks() throws Exception {
        try (McpUpstream server = new McpUpstream(request -> request.status(401, "WWW-Authenticate: Bearer"));
                RunningSidecar sidecar = sidecar(server, OFTEN + ", type = mcp")) {
            awaitHealth(sidecar, "\"connected\"");
        }
    }
}
