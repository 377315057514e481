package dev.outrigger.admin;

import dev.outrigger.config.PlainBalancing;
import dev.outrigger.config.PlainProtocols;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.testing.Memories;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.Upstream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Upstreams as the assembly makes them, and the states that tests bring them into. */
final class Upstreams {
    static final long CHECKED = Instant.parse("2026-11-20T10:00:00Z").toEpochMilli();
    static final int FAILURES = 5;
    static final BreakerConfig BREAKER = new BreakerConfig(FAILURES, Duration.ofSeconds(30), 1);

    private Upstreams() {}

    static Upstream upstream(String name, String... hosts) {
        return upstream(NanoClock.SYSTEM, name, hosts);
    }

    /** @param clock of its sessions */
    static Upstream upstream(NanoClock clock, String name, String... hosts) {
        List<EndpointConfig> endpoints =
                Arrays.stream(hosts).map(host -> EndpointConfig.of(host, 8080)).toList();
        UpstreamConfig config = new UpstreamConfig(
                name,
                endpoints,
                UpstreamConfig.Protocol.HTTP1,
                UpstreamConfig.SessionAffinity.MCP_SESSION,
                new PoolConfig(Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofHours(1), 1024, 1024),
                BREAKER,
                PlainBalancing.check(HealthCheckConfig.Type.TCP, Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3),
                PlainProtocols.UPSTREAM_HTTP2,
                Optional.empty(),
                UpstreamConfig.SendProxyProtocol.OFF,
                PlainBalancing.BALANCING,
                Optional.empty(),
                Optional.empty());
        return new Upstream(
                config,
                new CircuitBreaker(name, BREAKER, (breaker, from, to, why) -> {}),
                endpoints.stream()
                        .map(EndpointConfig::address)
                        .map(at -> new Endpoint(InetSocketAddress.createUnresolved(at.host(), at.port())))
                        .toList(),
                Memories.empty(clock));
    }

    static void healthy(Endpoint endpoint, double latencyMillis) {
        endpoint.status(new EndpointStatus(true, "", Math.round(latencyMillis * 1e6), CHECKED));
    }

    static void unhealthy(Endpoint endpoint, String error) {
        endpoint.status(new EndpointStatus(false, error, 0, CHECKED));
    }

    static void open(CircuitBreaker breaker, long nowNanos) {
        for (int i = 0; i < FAILURES; i++) {
            breaker.leave(breaker.tryEnter(nowNanos), CircuitBreaker.Verdict.FAILURE, nowNanos);
        }
    }
}
