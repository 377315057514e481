package dev.outrigger.admin;

import static dev.outrigger.admin.Upstreams.healthy;
import static dev.outrigger.admin.Upstreams.open;
import static dev.outrigger.admin.Upstreams.unhealthy;
import static dev.outrigger.admin.Upstreams.upstream;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.outrigger.cache.CacheOverview;
import dev.outrigger.config.model.PrometheusConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.upstream.Upstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusRoutesTest {
    private final Readiness readiness = new Readiness();
    private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final List<Upstream> upstreams = new ArrayList<>();
    private TelemetryHealth telemetry = new TelemetryHealth(Map.of(), Map.of(), Map.of());
    private final LiveGuards metricsGuards = new LiveGuards(List.of());
    private OpsPort port;

    @BeforeEach
    void start() throws IOException {
        MetricsSource metrics = accept -> CompletableFuture.supplyAsync(() -> OpsReply.of(
                200, "application/openmetrics-text", ("# for " + accept + "\n").getBytes(StandardCharsets.UTF_8)));
        SidecarHealth sidecar = new SidecarHealth(readiness, "1.2.3", nowNanos::get, nowNanos.get(), () -> telemetry);
        port = new OpsPort(
                StatusRoutes.of(
                        metrics,
                        metricsGuards,
                        sidecar,
                        () -> upstreams,
                        CacheOverview.none(),
                        new ProbeEndpoints(Map::of, AppClients.unused())),
                List.of());
    }

    @AfterEach
    void stop() {
        port.close();
    }

    private Config json(HttpResponse<String> response) {
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        return ConfigFactory.parseString(
                response.body(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    private Upstream add(String name, String... hosts) {
        Upstream upstream = upstream(name, hosts);
        upstreams.add(upstream);
        return upstream;
    }

    @Test
    void metricsComeInTheFormatThatWasAskedFor() throws Exception {
        HttpResponse<String> response = port.get("/metrics", "Accept", "text/plain", "Accept", "*/*;q=0.1");
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/openmetrics-text",
                response.headers().firstValue("content-type").orElse(""));
        assertEquals("# for text/plain, */*;q=0.1\n", response.body());
    }

    @Test
    void aTokenIsAskedForAtMetricsAloneAndFromTheNextRequestOn() throws Exception {
        assertEquals(200, port.get("/metrics").statusCode());

        metricsGuards.replace(MetricsGuards.of(prometheus(Optional.of(Secret.value("s3cret", "METRICS_TOKEN")))));

        HttpResponse<String> refused = port.get("/metrics");
        assertEquals(401, refused.statusCode());
        assertEquals(
                "Bearer realm=\"outrigger\"",
                refused.headers().firstValue("www-authenticate").orElse(""));
        assertEquals(401, port.get("/metrics", "Authorization", "Bearer other").statusCode());
        assertEquals(200, port.get("/metrics", "Authorization", "Bearer s3cret").statusCode());
        assertEquals(200, port.get("/live").statusCode());
        assertEquals(200, port.get("/health/mcp").statusCode());

        metricsGuards.replace(MetricsGuards.of(prometheus(Optional.empty())));

        assertEquals(200, port.get("/metrics").statusCode());
    }

    private static PrometheusConfig prometheus(Optional<Secret> token) {
        return new PrometheusConfig(true, Duration.ofSeconds(10), token, "");
    }

    @Test
    void isAliveInEveryState() throws Exception {
        for (Readiness.State state : Readiness.State.values()) {
            readiness.moveTo(state);
            HttpResponse<String> response = port.get("/live");
            assertEquals(200, response.statusCode());
            assertEquals("live", json(response).getString("status"));
        }
    }

    @Test
    void isReadyOnlyBetweenStartAndDrain() throws Exception {
        HttpResponse<String> starting = port.get("/ready");
        assertEquals(503, starting.statusCode());
        assertEquals("starting", json(starting).getString("status"));

        readiness.moveTo(Readiness.State.READY);
        HttpResponse<String> ready = port.get("/ready");
        assertEquals(200, ready.statusCode());
        assertEquals("ready", json(ready).getString("status"));

        readiness.moveTo(Readiness.State.DRAINING);
        HttpResponse<String> draining = port.get("/ready");
        assertEquals(503, draining.statusCode());
        assertEquals("draining", json(draining).getString("status"));
    }

    @Test
    void healthTellsOfTheSidecarAndItsTelemetry() throws Exception {
        readiness.moveTo(Readiness.State.READY);
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(90));
        telemetry = new TelemetryHealth(
                Map.of("spans", 3L, "access_log", 0L), Map.of("spans", 17L), Map.of("scrape", Instant.EPOCH));

        HttpResponse<String> response = port.get("/health");

        assertEquals(200, response.statusCode());
        Config health = json(response);
        assertEquals("healthy", health.getString("status"));
        assertTrue(health.getBoolean("ready"));
        assertEquals(90, health.getLong("uptime_seconds"));
        assertEquals("1.2.3", health.getString("version"));
        assertEquals(3, health.getLong("telemetry.dropped.spans"));
        assertEquals(0, health.getLong("telemetry.dropped.access_log"));
        assertEquals(17, health.getLong("telemetry.waiting.spans"));
        assertEquals("1970-01-01T00:00:00Z", health.getString("telemetry.last.scrape"));
    }

    @Test
    void healthIsNotFineWhileDrainingAndShowsNoFigureThatNobodyMeasured() throws Exception {
        readiness.moveTo(Readiness.State.DRAINING);
        HttpResponse<String> response = port.get("/health");
        assertEquals(503, response.statusCode());
        Config health = json(response);
        assertEquals("draining", health.getString("status"));
        assertFalse(health.getBoolean("ready"));
        assertTrue(health.getConfig("telemetry").isEmpty());
    }

    @Test
    void connectedServersShowTheirBestLatencyAndLatestCheck() throws Exception {
        Upstream app = add("app", "10.1.2.3", "10.1.2.4", "10.1.2.5");
        healthy(app.endpoints().get(0), 7.25);
        healthy(app.endpoints().get(1), 4.5);
        unhealthy(app.endpoints().get(2), "connect refused");

        HttpResponse<String> response = port.get("/health/mcp");

        assertEquals(200, response.statusCode());
        Config health = json(response);
        assertEquals("healthy", health.getString("status"));
        assertEquals("connected", health.getString("mcp_servers.app.status"));
        assertEquals(4.5, health.getDouble("mcp_servers.app.latency_ms"));
        assertEquals("2026-11-20T10:00:00Z", health.getString("mcp_servers.app.last_check"));
        assertFalse(health.hasPath("mcp_servers.app.error"));
        assertEquals(0, health.getDouble("cache_stats.hit_rate"));
        assertEquals(0, health.getInt("cache_stats.entries"));
    }

    @Test
    void serversNeverCheckedCountAsConnectedWithoutFigures() throws Exception {
        add("app", "10.1.2.3");
        Config health = json(port.get("/health/mcp"));
        assertEquals("healthy", health.getString("status"));
        assertEquals("connected", health.getString("mcp_servers.app.status"));
        assertFalse(health.hasPath("mcp_servers.app.latency_ms"));
        assertFalse(health.hasPath("mcp_servers.app.last_check"));
    }

    @Test
    void anOpenBreakerDisconnects() throws Exception {
        Upstream app = add("app", "10.1.2.3");
        healthy(app.endpoints().get(0), 1);
        open(app.breaker(), nowNanos.get());

        HttpResponse<String> response = port.get("/health/mcp");

        assertEquals(503, response.statusCode());
        Config health = json(response);
        assertEquals("unhealthy", health.getString("status"));
        assertEquals("disconnected", health.getString("mcp_servers.app.status"));
        assertEquals("breaker open", health.getString("mcp_servers.app.error"));
        assertFalse(health.hasPath("mcp_servers.app.latency_ms"));
    }

    @Test
    void isDegradedUpToHalfOfTheServersAndUnhealthyBeyond() throws Exception {
        for (String name : List.of("a", "b", "c", "d")) {
            healthy(add(name, "10.1.2.3").endpoints().get(0), 1);
        }
        assertMcpHealth(200, "healthy");
        unhealthy(upstreams.get(0).endpoints().get(0), "connect timeout");
        assertMcpHealth(200, "degraded");
        unhealthy(upstreams.get(1).endpoints().get(0), "connect timeout");
        assertMcpHealth(200, "degraded");
        unhealthy(upstreams.get(2).endpoints().get(0), "connect timeout");
        assertMcpHealth(503, "unhealthy");
    }

    private void assertMcpHealth(int status, String word) throws Exception {
        HttpResponse<String> response = port.get("/health/mcp");
        assertEquals(status, response.statusCode());
        assertEquals(word, json(response).getString("status"));
    }

    @Test
    void withoutServersNothingIsWrong() throws Exception {
        assertMcpHealth(200, "healthy");
    }

    @Test
    void errorsNeverTellAnAddress() throws Exception {
        Upstream refused = add("refused", "db-7.internal");
        unhealthy(refused.endpoints().get(0), "connect refused");
        Upstream chatty = add("chatty", "db-7.internal");
        unhealthy(chatty.endpoints().get(0), "Connection refused: db-7.internal/10.1.2.3:8080");

        HttpResponse<String> response = port.get("/health/mcp");

        Config health = json(response);
        assertEquals("connect refused", health.getString("mcp_servers.refused.error"));
        assertEquals("no healthy endpoint", health.getString("mcp_servers.chatty.error"));
        assertFalse(response.body().contains("10.1.2.3"), response.body());
        assertFalse(response.body().contains("internal"), response.body());
    }

    @Test
    void nothingHereChangesState() throws Exception {
        Upstream app = add("app", "10.1.2.3");
        open(app.breaker(), nowNanos.get());
        assertEquals(404, port.send("POST", "/breakers/app/reset").statusCode());
        for (String path : List.of("/metrics", "/live", "/ready", "/health", "/health/mcp")) {
            for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
                assertEquals(405, port.send(method, path).statusCode());
            }
        }
    }
}
