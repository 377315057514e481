package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.config.PlainBalancing;
import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.AbortWhenConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.LoopMetrics;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.testing.Memories;
import dev.outrigger.time.ManualClock;
import dev.outrigger.transport.OwnCertificate;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Upstream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One loop whose tasks run at once, upstreams {@code app} and {@code standby}, and everything up to the rendered page. */
final class TelemetryFixture implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    long sessionsActive;
    ConfigFigures config = new ConfigFigures(
            Map.of("success", 2L, "unchanged", 0L, "failure", 1L),
            0xffff_ffff_fffdL,
            Optional.of(START.plusMillis(250)),
            false);
    final List<OwnCertificate> certificates = new ArrayList<>();
    final ManualClock clock = new ManualClock();
    final WallClock wall = new WallClock(clock, Clock.fixed(START, ZoneOffset.UTC));
    final LoopMetrics loop = new LoopMetrics();
    final List<Upstream> upstreams = new ArrayList<>(List.of(upstream("app", 2), upstream("standby", 1)));
    final Limiters limiters = limiters();
    final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    final HistogramSampler sampler = new HistogramSampler(
            control, List.of(new HistogramSampler.Source(Runnable::run, loop)), Duration.ofDays(1), clock, wall);
    final TrafficShift shift = new TrafficShift(
            "mcp",
            new ShiftConfig(
                    "app",
                    "standby",
                    List.of(0.25, 1.0),
                    Duration.ofMinutes(5),
                    new AbortWhenConfig(0.05, Duration.ofSeconds(2)),
                    20),
            0);
    final PrometheusCollector collector = new PrometheusCollector(new PrometheusCollector.Sources(
            () -> upstreams,
            () -> upstreams.stream().map(Upstream::breaker).toList(),
            () -> certificates,
            () -> sessionsActive,
            Map.of("access_log", () -> 3, "spans", () -> 0),
            () -> config,
            () -> 4096,
            new PrometheusCollector.Build("1.2.3", "abc", "17"),
            clock,
            0,
            () -> limiters,
            CacheOverview.none(),
            () -> List.of(new Destinations.Shifting(shift, upstreams.get(0), upstreams.get(1)))));
    final MetricsExposition exposition = new MetricsExposition(sampler, collector, wall);

    private Limiters limiters() {
        Limiters some = new Limiters(Runnable::run, clock);
        some.rate(
                "r",
                new RateLimitConfig(
                        RateLimitConfig.Key.CLIENT_IP,
                        RateLimitConfig.Algorithm.TOKEN_BUCKET,
                        5,
                        Duration.ofSeconds(1),
                        7,
                        false,
                        10));
        some.concurrency(
                ConcurrencyLimiter.Scope.ROUTE, "r", new ConcurrencyLimitConfig(3, 2, Duration.ofSeconds(1), false, 1));
        return some;
    }

    TelemetryFixture record(ExchangeRecord... records) {
        for (ExchangeRecord record : records) {
            loop.onFinish(record);
        }
        return this;
    }

    TelemetryFixture recordCalls(ExchangeRecord... calls) {
        for (ExchangeRecord call : calls) {
            loop.onCall(call);
        }
        return this;
    }

    /** A session that lasted so long has ended. */
    TelemetryFixture endSession(Duration lasted) {
        await(CompletableFuture.runAsync(() -> sampler.sessionDurations().accept(lasted.toNanos()), control));
        return this;
    }

    TelemetryFixture closeWindow() {
        await(CompletableFuture.runAsync(sampler::closeWindow, control));
        return this;
    }

    /** The page in the text format, without comments. */
    List<String> samples() {
        return page("").lines().filter(line -> !line.startsWith("#")).toList();
    }

    String page(String accept) {
        return new String(await(exposition.scrape(accept)).body(), StandardCharsets.UTF_8);
    }

    /** That the page has these lines, as they are. */
    void expect(String... samples) {
        List<String> found = samples();
        for (String sample : samples) {
            String family = sample.substring(0, sample.indexOf(sample.contains("{") ? '{' : ' '));
            List<String> ofFamily =
                    found.stream().filter(line -> line.startsWith(family)).toList();
            assertTrue(found.contains(sample), () -> "expected " + sample + " among\n" + String.join("\n", ofFamily));
        }
    }

    /** That no line begins like this. */
    void expectNone(String prefix) {
        assertTrue(samples().stream().noneMatch(line -> line.startsWith(prefix)), prefix);
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Upstream upstream(String name, int endpoints) {
        List<EndpointConfig> addresses = new ArrayList<>();
        List<Endpoint> made = new ArrayList<>();
        for (int i = 0; i < endpoints; i++) {
            addresses.add(EndpointConfig.of("10.0.0." + i, 8080));
            made.add(new Endpoint(InetSocketAddress.createUnresolved("10.0.0." + i, 8080)));
        }
        BreakerConfig breaker = new BreakerConfig(5, Duration.ofSeconds(30), 1);
        Duration second = Duration.ofSeconds(1);
        UpstreamConfig config = new UpstreamConfig(
                name,
                addresses,
                UpstreamConfig.Protocol.HTTP1,
                UpstreamConfig.SessionAffinity.MCP_SESSION,
                new PoolConfig(second, second, second, 1, 1),
                breaker,
                PlainBalancing.check(HealthCheckConfig.Type.NONE, second, second, 1, 1),
                PlainProtocols.UPSTREAM_HTTP2,
                Optional.empty(),
                UpstreamConfig.SendProxyProtocol.OFF,
                PlainBalancing.BALANCING,
                Optional.of(new DnsConfig(
                        new HostPort("app.test", 8080),
                        DnsConfig.Family.AUTO,
                        List.of(),
                        second,
                        second,
                        second,
                        second)),
                Optional.empty());
        return new Upstream(
                config, new CircuitBreaker(name, breaker, (b, from, to, why) -> {}), made, Memories.empty());
    }

    @Override
    public void close() {
        sampler.close();
        control.shutdownNow();
    }
}
