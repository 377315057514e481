package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.AbortWhenConfig;
import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BalancingConfig;
import dev.outrigger.config.model.BalancingConfig.LoadBalancer;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.CertificateConfig;
import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.DeadLetterConfig;
import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EjectionConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.FailsOnConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.FallbackConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.HedgeConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.LifecycleConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.config.model.OverloadConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.PrometheusConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.ProxyProtocolConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.RateLimitConfig.Algorithm;
import dev.outrigger.config.model.RateLimitConfig.Key;
import dev.outrigger.config.model.RetryConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.config.model.Secret;
import dev.outrigger.config.model.ServerTlsConfig;
import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.config.model.SlowCallConfig;
import dev.outrigger.config.model.StatusConfig;
import dev.outrigger.config.model.TcpConfig;
import dev.outrigger.config.model.TlsVersion;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.config.model.TracingConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.UpstreamConfig.SessionAffinity;
import dev.outrigger.config.model.UpstreamHttp2Config;
import dev.outrigger.config.model.WeightedConfig;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A configuration in which no key has its default. */
final class EveryKeyTest {
    private final ConfigLoader loader = new ConfigLoader(Map.of("HOST", "10.0.0.1", "WORKERS", "4", "RATE", "12.5%"));

    private static final BreakerConfig TOOL_BREAKER = new BreakerConfig(
            68,
            Duration.ofSeconds(30),
            1,
            new BackoffConfig(2, Duration.ofMinutes(5), 0.2),
            Optional.empty(),
            Optional.of(new SlowCallConfig(Duration.ofSeconds(69), 0.8, Duration.ofMinutes(1), 20)),
            FailsOnConfig.SERVER_ERRORS);

    @Test
    void everyKeyCanBeSet() throws Exception {
        ProxyConfig config = Loads.config(loader.load(Path.of("src/test/resources/load/everything.conf")));

        assertEquals("sidecar", config.serviceName());
        assertEquals(
                List.of(new ListenerConfig(
                        "in",
                        new HostPort("::", 1),
                        ListenerConfig.Protocol.AUTO,
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(3),
                        4,
                        5000,
                        6 << 10,
                        7,
                        new HttpRulesConfig(
                                false,
                                true,
                                EscapedSlashes.REJECT,
                                Underscores.ALLOW,
                                31,
                                32,
                                Duration.ofSeconds(33),
                                true,
                                72 << 10),
                        new Http2Config(34, 35 << 10, 36 << 10, Duration.ofSeconds(37), 38, 39, 40, 41, 42, 43, 44),
                        Optional.of(new ServerTlsConfig(
                                List.of(
                                        new CertificateConfig(Path.of("45.crt"), Path.of("45.key")),
                                        new CertificateConfig(Path.of("46.crt"), Path.of("46.key"))),
                                ServerTlsConfig.ClientAuth.OPTIONAL,
                                Optional.of(Path.of("47.crt")),
                                TlsVersion.TLS_1_3,
                                List.of("TLS_AES_256_GCM_SHA384"),
                                Duration.ofSeconds(48),
                                Duration.ofSeconds(49),
                                ServerTlsConfig.ForwardedClientCert.KEEP)),
                        new TcpConfig(Optional.of("a.b_c-1"), Map.of(), Duration.ofSeconds(50), Duration.ofSeconds(51)),
                        new ProxyProtocolConfig(List.of(
                                new AddressRange(InetAddress.getByName("10.0.0.0"), 8),
                                new AddressRange(InetAddress.getByName("fd00::"), 16),
                                new AddressRange(InetAddress.getByName("192.0.2.1"), 32))),
                        73,
                        Optional.empty())),
                config.listeners().subList(0, 1));
        assertEquals(
                Optional.of(new InterceptionConfig(
                        InterceptionConfig.Direction.OUTBOUND,
                        false,
                        Set.of(78, 79),
                        List.of(InetAddress.getByName("127.0.0.80"), InetAddress.getByName("::81")))),
                config.listeners().get(1).interception());
        assertEquals(
                Map.of("*.example.com", "a.b_c-1", "db", "a.b_c-1"),
                config.listeners().get(2).tcp().sni());
        assertEquals(Optional.of(true), config.listeners().get(3).interception().map(InterceptionConfig::tproxy));
        assertEquals(Optional.of(82), config.original().map(OriginalConfig::maxDestinations));
        assertEquals(Optional.of(Duration.ofSeconds(83)), config.original().map(OriginalConfig::idleTimeout));
        assertEquals(
                List.of(new UpstreamConfig(
                        "a.b_c-1",
                        List.of(new EndpointConfig(new HostPort("h", 8), 59), EndpointConfig.of("i", 8)),
                        UpstreamConfig.Protocol.HTTP1,
                        SessionAffinity.HEADER,
                        new PoolConfig(Duration.ofMillis(9), Duration.ofHours(10), Duration.ofDays(11), 12, 0),
                        new BreakerConfig(
                                13,
                                Duration.ofMillis(14_500),
                                15,
                                new BackoffConfig(1.5, Duration.ofSeconds(59), 0.6),
                                Optional.of(new FailureRateConfig(0.61, Duration.ofSeconds(62), 63)),
                                Optional.of(
                                        new SlowCallConfig(Duration.ofSeconds(64), 0.65, Duration.ofSeconds(62), 63)),
                                new FailsOnConfig(List.of("4xx", "566"), List.of(-32603, 67), true)),
                        new HealthCheckConfig(
                                HealthCheckConfig.Type.HTTP,
                                Duration.ofSeconds(17),
                                Duration.ofSeconds(16),
                                18,
                                19,
                                0.6,
                                "/61",
                                List.of("262", "3xx"),
                                "/63"),
                        new UpstreamHttp2Config(52, 53 << 10, 54 << 10, Duration.ZERO, Duration.ofSeconds(55)),
                        Optional.of(new ClientTlsConfig(
                                Optional.of(Path.of("56.crt")),
                                Optional.of("mcp.example.com"),
                                false,
                                false,
                                Optional.of(new CertificateConfig(Path.of("57.crt"), Path.of("57.key"))),
                                TlsVersion.TLS_1_3,
                                List.of("TLS_AES_128_GCM_SHA256"),
                                Duration.ofSeconds(58))),
                        UpstreamConfig.SendProxyProtocol.V2,
                        new BalancingConfig(
                                LoadBalancer.PEAK_EWMA,
                                Duration.ofSeconds(64),
                                0.65,
                                new AffinityConfig("x-66", "c67", Duration.ofSeconds(68)),
                                new EjectionConfig(69, Duration.ofSeconds(70), Duration.ofSeconds(71), 0.72, 0.73)),
                        Optional.empty(),
                        Optional.of(new ConcurrencyLimitConfig(68, 69, Duration.ofMillis(70), true, 7)))),
                config.upstreams().subList(0, 1));
        assertEquals(
                Optional.of(new DnsConfig(
                        new HostPort("_mcp._tcp.example.com", 0),
                        DnsConfig.Family.BOTH,
                        List.of(new HostPort("10.0.0.73", 73)),
                        Duration.ofSeconds(74),
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(76),
                        Duration.ofSeconds(77))),
                config.upstreams().get(2).dns());
        assertEquals(
                List.of(new RouteConfig(
                        "r",
                        "/x",
                        "a.b_c-1",
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(21),
                        Duration.ofSeconds(22),
                        List.of("websocket", "chat"),
                        List.of(
                                Loads.tool("db.query", Duration.ofSeconds(20)),
                                new ToolConfig(
                                        "slow_*",
                                        Duration.ofSeconds(19),
                                        Optional.of(false),
                                        Optional.of(TOOL_BREAKER),
                                        Optional.of(new RateLimitConfig(
                                                Key.TOOL,
                                                Algorithm.SLIDING_WINDOW,
                                                66,
                                                Duration.ofSeconds(1),
                                                66,
                                                false,
                                                10_000)),
                                        Optional.of(
                                                new ConcurrencyLimitConfig(67, 0, Duration.ofMillis(200), false, 4)),
                                        Optional.of(Duration.ZERO),
                                        true)),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.of(new RetryConfig(
                                3,
                                Optional.of(Duration.ofSeconds(4)),
                                0.1,
                                Duration.ofMillis(5),
                                Duration.ofMillis(60),
                                List.of("get_*", "list.all"),
                                List.of(500, 503),
                                true,
                                7 << 10)),
                        Optional.of(new FallbackConfig("{\"a\":[1,null,\"b\"]}", List.of("f_*"))),
                        Optional.of(new HedgeConfig(Optional.of(Duration.ofMillis(61)))),
                        Optional.of(new RateLimitConfig(
                                Key.PRINCIPAL, Algorithm.TOKEN_BUCKET, 59, Duration.ofSeconds(60), 61, true, 62)),
                        Optional.of(new ConcurrencyLimitConfig(63, 64, Duration.ofMillis(65), false, 4)),
                        true,
                        Optional.of(new CacheConfig(
                                Duration.ofSeconds(60),
                                61 << 10,
                                62,
                                List.of("get_*", "Größe"),
                                List.of("tools/list", "resources/read"),
                                CacheConfig.Scope.SHARED,
                                List.of("accept-language"),
                                Duration.ofSeconds(63))))),
                config.routes().subList(0, 1));
        assertEquals(
                Optional.of(new ShiftConfig(
                        "a.b_c-1",
                        "b",
                        List.of(0.72, 1.0),
                        Duration.ofSeconds(73),
                        new AbortWhenConfig(0.74, Duration.ofSeconds(75)),
                        76)),
                config.routes().get(2).shift());
        assertEquals(
                List.of(new WeightedConfig("a.b_c-1", 70), new WeightedConfig("b", 0)),
                config.routes().get(1).weighted());
        assertEquals(List.of("b"), config.routes().get(1).alternates());
        assertEquals(
                new McpConfig(
                        2 << 20, 0, true, McpConfig.Refusal.HTTP, Duration.ofSeconds(27), 28, Duration.ofMinutes(29)),
                config.mcp());
        assertEquals(
                new TracingConfig(
                        false,
                        "https://otel:4318/v1",
                        TracingConfig.Protocol.HTTP,
                        0.25,
                        Optional.of(Secret.file(Path.of("/run/secrets/otlp")))),
                config.telemetry().tracing());
        assertEquals("-", config.telemetry().accessLog().path());
        assertEquals(LogLevel.DEBUG, config.telemetry().logLevel());
        assertEquals(
                new PrometheusConfig(
                        false,
                        Duration.ofSeconds(23),
                        Optional.of(Secret.file(Path.of("/run/secrets/scrape"))),
                        "http://h:78/m"),
                config.telemetry().prometheus());
        assertEquals(
                new StatusConfig(
                        new HostPort("localhost", 24), Map.of("app/readyz", URI.create("grpc://127.0.0.1:77/s"))),
                config.status());
        assertEquals(
                Optional.of(Secret.file(Path.of("/run/secrets/token"))),
                config.admin().token());
        assertEquals(new LifecycleConfig(Duration.ZERO, false, Duration.ofMillis(30), true), config.lifecycle());
        assertEquals(new DeadLetterConfig("/62", 63 << 10, DeadLetterConfig.Fsync.NEVER), config.deadLetter());
        assertEquals(Transport.IO_URING, config.runtime().transport());
        assertEquals(new OverloadConfig(0.74, 0.75, Duration.ofMillis(76)), config.overload());
    }
}
