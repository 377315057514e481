package dev.outrigger.config.load;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import dev.outrigger.config.model.PoolConfig;
import dev.outrigger.config.model.UpstreamConfig;

/** The keys of one upstream. */
final class UpstreamSection {
    static final String PROTOCOL = "http1";
    static final String LOAD_BALANCER = "least-request";

    private static final ValueKind<Integer> CONNECTIONS = Kinds.count(1, 1_000_000);
    private static final ValueKind<Integer> PENDING = Kinds.count(0, 1_000_000);
    private static final ValueKind<Integer> IN_A_ROW = Kinds.count(1, 10_000);

    private UpstreamSection() {}

    static UpstreamConfig read(String name, ConfigReader reader) {
        reader.read("protocol", Kinds.only(PROTOCOL));
        reader.read("load-balancer", Kinds.only(LOAD_BALANCER));
        UpstreamConfig upstream = new UpstreamConfig(
                name,
                reader.readList("endpoints", "address", Kinds.ENDPOINT),
                reader.read("session-affinity", Kinds.dashedChoice(UpstreamConfig.SessionAffinity.class)),
                pool(reader.section("pool")),
                breaker(reader.section("breaker")),
                healthCheck(reader.section("health-check")));
        reader.finish();
        return upstream;
    }

    private static PoolConfig pool(ConfigReader reader) {
        PoolConfig pool = new PoolConfig(
                reader.read("connect-timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-lifetime", Kinds.TIMEOUT),
                reader.read("max-connections", CONNECTIONS),
                reader.read("max-pending", PENDING));
        reader.finish();
        return pool;
    }

    private static BreakerConfig breaker(ConfigReader reader) {
        BreakerConfig breaker = new BreakerConfig(
                reader.read("consecutive-failures", IN_A_ROW),
                reader.read("open-for", Kinds.TIMEOUT),
                reader.read("half-open-calls", IN_A_ROW));
        reader.finish();
        return breaker;
    }

    private static HealthCheckConfig healthCheck(ConfigReader reader) {
        HealthCheckConfig check = new HealthCheckConfig(
                reader.read("type", Kinds.choice(HealthCheckConfig.Type.class)),
                reader.read("interval", Kinds.TIMEOUT),
                reader.read("timeout", Kinds.TIMEOUT),
                reader.read("healthy-after", IN_A_ROW),
                reader.read("unhealthy-after", IN_A_ROW));
        reader.finish();
        return check;
    }
}
