package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks by MCP of servers that are made with the official SDKs. */
@Timeout(120)
class HealthCheckOfServersIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int CHECKS = 3;

    @Test
    @RequiresTool({"node", "npm:@modelcontextprotocol/server-everything"})
    void theReferenceServerOfTheOldEraIsHealthy() throws Exception {
        try (ScenarioServer server = ScenarioServer.node("everything.mjs", "streamableHttp")) {
            isHealthy(server, "/mcp");
        }
    }

    @Test
    @RequiresTool({"node", "npm:@modelcontextprotocol/server"})
    void aServerOfTheNewEraIsHealthy() throws Exception {
        try (ScenarioServer server = ScenarioServer.node("v2-server.mjs")) {
            isHealthy(server, "/v2/mcp");
        }
    }

    @Test
    void aServerOfTheJavaSdkIsHealthy(@TempDir Path directory) throws Exception {
        try (ScenarioServer server = new SdkJavaServer(directory)) {
            isHealthy(server, SdkJavaServer.STREAMABLE);
        }
    }

    private static void isHealthy(ScenarioServer server, String path) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams.app {
                    endpoints = ["127.0.0.1:%d"]
                    health-check { type = mcp, mcp.path = "%s", interval = 3s, timeout = 3s, healthy-after = 1 }
                  }
                  routes = [{ name = all, upstream = app }]
                  status.bind = "127.0.0.1:0", admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                }
                """.formatted(server.port(), path))) {
            Await.until("some checks have passed", DEADLINE, () -> passed(sidecar) >= CHECKS);
            String health = sidecar.status("/health/mcp").body();
            assertTrue(health.contains("\"connected\""), health);
            assertEquals(200, sidecar.status("/ready").statusCode());
        }
    }

    private static double passed(RunningSidecar sidecar) {
        try {
            return sidecar.metric("upstream_health_checks_total", "server=\"app\"", "result=\"success\"");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
