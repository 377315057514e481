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
import dev.outrigger.admin.PoolGauges.PoolGauge;
import dev.outrigger.cache.CacheOverview;
import dev.outrigger.config.model.AdminConfig;
import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.Secret;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.RefusedRequest;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.RateLimiter;
import dev.outrigger.testing.CountingCall;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.Upstream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminRoutesTest {
    private static final RefusalSource.Refusal REFUSAL = new RefusalSource.Refusal(
            Instant.parse("2026-11-20T10:00:00Z"),
            "inbound",
            new RefusedRequest(
                    1,
                    "10.9.8.7 4711",
                    RefusalReason.HOST,
                    "host: expected once",
                    "GET /a HTTP/1.1",
                    List.of("accept: */*"),
                    ""));

    @TempDir
    private Path directory;

    private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Upstream app = upstream(nowNanos::get, "app", "10.1.2.3", "10.1.2.4");
    private final Upstream odd = upstream("an odd/name", "10.1.2.5");
    private final Limiters limiters = new Limiters(Runnable::run, nowNanos::get);
    private OpsPort port;

    @BeforeEach
    void start() throws IOException {
        port = new OpsPort(routes(), AdminGuards.of(new AdminConfig(new HostPort("127.0.0.1", 0), Optional.empty())));
    }

    private OpsRoutes routes() {
        return AdminRoutes.of(
                new AdminRoutes.Sources(
                        accept -> CompletableFuture.completedFuture(OpsReply.text(200, "# metrics\n")),
                        () -> List.of(app, odd),
                        name -> name.equals("app") ? Optional.of(new PoolGauge(3, 2)) : Optional.empty(),
                        () -> CompletableFuture.completedFuture(List.of(REFUSAL)),
                        nowNanos::get,
                        () -> limiters,
                        CacheOverview.none(),
                        List::of),
                new FakeControl(""));
    }

    @AfterEach
    void stop() {
        port.close();
    }

    private static Config json(HttpResponse<String> response) {
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        return ConfigFactory.parseString(
                response.body(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }

    @Test
    void theIndexListsEveryEndpoint() throws Exception {
        HttpResponse<String> response = port.get("/");
        assertEquals(200, response.statusCode());
        for (String line : List.of(
                "GET /upstreams",
                "GET /sessions",
                "GET /breakers",
                "POST /breakers/{name}/reset",
                "GET /config",
                "GET /rate-limit",
                "GET /errors",
                "GET /metrics")) {
            assertTrue(response.body().contains(line + ' '), response.body());
        }
    }

    @Test
    void limitsShowWhoIsNearestToThem() throws Exception {
        RateLimiter limiter = limiters.rate(
                "/mcp",
                new RateLimitConfig(
                        RateLimitConfig.Key.CLIENT_IP,
                        RateLimitConfig.Algorithm.SLIDING_WINDOW,
                        2,
                        Duration.ofMinutes(1),
                        2,
                        false,
                        10));
        limiters.concurrency(
                ConcurrencyLimiter.Scope.UPSTREAM,
                "app",
                new ConcurrencyLimitConfig(3, 4, Duration.ofMillis(200), false, 1));
        limiter.take("10.0.0.1", 1, nowNanos.get());
        limiter.take("10.0.0.2", 2, nowNanos.get());
        limiter.take("10.0.0.2", 1, nowNanos.get());

        Config page = json(port.get("/rate-limit?keys=1"));
        Config rate = page.getConfigList("rate_limits").get(0);
        assertEquals("/mcp", rate.getString("service"));
        assertEquals("sliding-window", rate.getString("algorithm"));
        assertEquals(60_000, rate.getInt("per_ms"));
        assertEquals(1, rate.getInt("rejected"));
        assertEquals(1, rate.getConfigList("buckets").size());
        assertEquals("10.0.0.2", rate.getConfigList("buckets").get(0).getString("key"));
        assertEquals(0, rate.getConfigList("buckets").get(0).getInt("available"));
        Config concurrency = page.getConfigList("concurrency_limits").get(0);
        assertEquals("upstream", concurrency.getString("scope"));
        assertEquals(3, concurrency.getInt("limit"));
        assertEquals(400, port.get("/rate-limit?keys=x").statusCode());
    }

    @Test
    void errorsShowWhatWasRefused() throws Exception {
        Config error = json(port.get("/errors")).getConfigList("errors").get(0);
        assertEquals("2026-11-20T10:00:00Z", error.getString("time"));
        assertEquals("inbound", error.getString("listener"));
        assertEquals("10.9.8.7 4711", error.getString("client"));
        assertEquals("host", error.getString("reason"));
        assertEquals(400, error.getInt("status"));
        assertEquals("host: expected once", error.getString("detail"));
        assertEquals("GET /a HTTP/1.1", error.getString("request_line"));
        assertEquals(List.of("accept: */*"), error.getStringList("headers"));
        assertTrue(error.getIsNull("bytes"));
    }

    @Test
    void metricsAreShown() throws Exception {
        assertEquals("# metrics\n", port.get("/metrics").body());
    }

    @Test
    void upstreamsShowTheirEndpointsWithAddresses() throws Exception {
        healthy(app.endpoints().get(0), 4.5);
        unhealthy(app.endpoints().get(1), "connect refused");

        Config first =
                json(port.get("/upstreams")).getConfigList("upstreams").get(0).resolve();

        assertEquals("app", first.getString("name"));
        assertTrue(first.getBoolean("available"));
        assertEquals("closed", first.getString("breaker"));
        assertEquals(3, first.getLong("connections"));
        assertEquals(2, first.getLong("pending"));
        Config good = first.getConfigList("endpoints").get(0);
        assertEquals("10.1.2.3:8080", good.getString("address"));
        assertTrue(good.getBoolean("healthy"));
        assertEquals(4.5, good.getDouble("latency_ms"));
        assertEquals("2026-11-20T10:00:00Z", good.getString("last_check"));
        assertFalse(good.hasPath("error"));
        Config bad = first.getConfigList("endpoints").get(1);
        assertFalse(bad.getBoolean("healthy"));
        assertEquals("connect refused", bad.getString("error"));
        assertFalse(bad.hasPath("latency_ms"));
    }

    @Test
    void upstreamsThatAreNotAvailableSayWhyAndLeaveOutWhatIsNotMeasured() throws Exception {
        unhealthy(odd.endpoints().get(0), "connect timeout");
        Config second = json(port.get("/upstreams")).getConfigList("upstreams").get(1);
        assertEquals("an odd/name", second.getString("name"));
        assertFalse(second.getBoolean("available"));
        assertEquals("connect timeout", second.getString("error"));
        assertFalse(second.hasPath("connections"));
        assertFalse(second.hasPath("pending"));
    }

    @Test
    void sessionsShowWhereTheyAreAndOnlyTheBeginningOfTheirIds() throws Exception {
        McpSession session =
                app.sessions().bind("0a1b2c3d-4e5f", app.endpoints().get(1));
        session.protocolVersion("2025-06-18");
        session.add("1", new CountingCall());
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(61_999));
        odd.sessions().bind("short", odd.endpoints().get(0));

        HttpResponse<String> response = port.get("/sessions");
        Config page = json(response);

        assertEquals(2, page.getInt("total"));
        Config first = page.getConfigList("sessions").get(0);
        assertEquals("app", first.getString("upstream"));
        assertEquals("10.1.2.4:8080", first.getString("endpoint"));
        assertEquals("0a1b2c\u2026", first.getString("id"));
        assertEquals("2025-06-18", first.getString("protocol_version"));
        assertEquals(61, first.getLong("age_seconds"));
        assertEquals(1, first.getInt("calls_under_way"));
        Config second = page.getConfigList("sessions").get(1);
        assertEquals("an odd/name", second.getString("upstream"));
        assertEquals("sh\u2026", second.getString("id"));
        assertTrue(second.getIsNull("protocol_version"));
        assertEquals(0, second.getInt("calls_under_way"));
        assertFalse(response.body().contains("0a1b2c3"), response.body());
    }

    @Test
    void aLongListOfSessionsIsCutAndStillCounted() throws Exception {
        for (int i = 0; i < 700; i++) {
            app.sessions().bind("app-session-" + i, app.endpoints().get(0));
            odd.sessions().bind("odd-session-" + i, odd.endpoints().get(0));
        }
        Config page = json(port.get("/sessions"));
        assertEquals(1400, page.getInt("total"));
        assertEquals(SessionEndpoints.MAX_LISTED, page.getConfigList("sessions").size());
    }

    @Test
    void breakersShowWhereTheyStand() throws Exception {
        open(app.breaker(), nowNanos.get());
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(29_000) + 1);

        List<? extends Config> breakers = json(port.get("/breakers")).getConfigList("breakers");

        Config opened = breakers.get(0);
        assertEquals("app", opened.getString("name"));
        assertEquals("open", opened.getString("state"));
        assertEquals(Upstreams.FAILURES, opened.getInt("consecutive_failures"));
        assertEquals(1_000, opened.getLong("retry_after_ms"));
        assertEquals(1, opened.getLong("transitions.open"));
        assertEquals(0, opened.getLong("transitions.half_open"));
        assertEquals(0, opened.getLong("transitions.closed"));
        assertEquals(5, opened.getInt("thresholds.consecutive_failures"));
        assertEquals(30_000, opened.getLong("thresholds.open_for_ms"));
        assertEquals(1, opened.getInt("thresholds.half_open_calls"));
        assertEquals("closed", breakers.get(1).getString("state"));
        assertEquals(0, breakers.get(1).getLong("retry_after_ms"));
    }

    @Test
    void aResetClosesTheBreakerAndShowsIt() throws Exception {
        open(app.breaker(), nowNanos.get());
        HttpResponse<String> response = port.send("POST", "/breakers/app/reset");
        assertEquals(200, response.statusCode());
        assertEquals("closed", json(response).getString("state"));
        assertEquals(1, json(response).getLong("transitions.closed"));
        assertEquals(CircuitBreaker.State.CLOSED, app.breaker().state());
        assertTrue(app.breaker().tryEnter(nowNanos.get()) >= 0);
    }

    @Test
    void namesThatNeedEscapesAreFound() throws Exception {
        open(odd.breaker(), nowNanos.get());
        assertEquals(200, port.send("POST", "/breakers/an%20odd%2Fname/reset").statusCode());
        assertEquals(CircuitBreaker.State.CLOSED, odd.breaker().state());
    }

    @Test
    void anUnknownBreakerIsAnsweredWithTheKnownOnes() throws Exception {
        HttpResponse<String> response = port.send("POST", "/breakers/other/reset");
        assertEquals(404, response.statusCode());
        assertEquals(List.of("app", "an odd/name"), json(response).getStringList("breakers"));
    }

    @Test
    void readingNeverResets() throws Exception {
        open(app.breaker(), nowNanos.get());
        for (String method : List.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE")) {
            HttpResponse<String> response = port.send(method, "/breakers/app/reset");
            assertEquals(405, response.statusCode());
            assertEquals("POST", response.headers().firstValue("allow").orElse(""));
        }
        assertEquals(CircuitBreaker.State.OPEN, app.breaker().state());
    }

    @Test
    void aPageOfAnotherOriginChangesNothing() throws Exception {
        open(app.breaker(), nowNanos.get());
        assertEquals(
                403,
                port.send("POST", "/breakers/app/reset", "Origin", "http://evil.example")
                        .statusCode());
        assertEquals(CircuitBreaker.State.OPEN, app.breaker().state());
        String own = "http://127.0.0.1:" + port.address().getPort();
        assertEquals(
                200, port.send("POST", "/breakers/app/reset", "Origin", own).statusCode());
    }

    @Test
    void aReboundNameSeesNothing() throws Exception {
        try (RawClient client = new RawClient(port.address())) {
            client.send("GET /config HTTP/1.1\r\nHost: evil.example:15000\r\n\r\n");
            assertEquals(403, client.read().status());
            client.send("GET /config HTTP/1.1\r\nHost: localhost:15000\r\n\r\n");
            assertEquals(200, client.read().status());
            client.send("GET /config HTTP/1.0\r\n\r\n");
            assertEquals(403, client.read().status());
        }
    }

    @Test
    void withATokenEveryRequestNeedsIt() throws Exception {
        Path file = Files.writeString(directory.resolve("token"), "s3cret\n");
        AdminConfig config = new AdminConfig(new HostPort("127.0.0.1", 0), Optional.of(Secret.file(file)));
        try (OpsPort guarded = new OpsPort(routes(), AdminGuards.of(config))) {
            for (String path : List.of("/", "/config", "/metrics", "/nothing")) {
                HttpResponse<String> refused = guarded.get(path);
                assertEquals(401, refused.statusCode());
                assertEquals(
                        "Bearer realm=\"outrigger\"",
                        refused.headers().firstValue("www-authenticate").orElse(""));
            }
            assertEquals(
                    401, guarded.get("/config", "Authorization", "Bearer wrong").statusCode());
            assertEquals(
                    200,
                    guarded.get("/config", "Authorization", "Bearer s3cret").statusCode());
        }
    }
}
