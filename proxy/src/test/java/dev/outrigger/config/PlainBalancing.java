package dev.outrigger.config;

import dev.outrigger.config.model.AffinityConfig;
import dev.outrigger.config.model.BalancingConfig;
import dev.outrigger.config.model.BalancingConfig.LoadBalancer;
import dev.outrigger.config.model.EjectionConfig;
import dev.outrigger.config.model.HealthCheckConfig;
import java.time.Duration;
import java.util.List;

/** What a configuration that says nothing of balancing holds of it. */
public final class PlainBalancing {
    public static final BalancingConfig BALANCING = of(LoadBalancer.LEAST_REQUEST);

    private PlainBalancing() {}

    public static BalancingConfig of(LoadBalancer loadBalancer) {
        return new BalancingConfig(
                loadBalancer,
                Duration.ZERO,
                0.5,
                new AffinityConfig("", "outrigger-affinity", Duration.ZERO),
                new EjectionConfig(5, Duration.ofSeconds(30), Duration.ofMinutes(5), 0.5, 0));
    }

    /** A check with what is asked for as it is by default. */
    public static HealthCheckConfig check(
            HealthCheckConfig.Type type, Duration interval, Duration timeout, int healthyAfter, int unhealthyAfter) {
        return new HealthCheckConfig(
                type, interval, timeout, healthyAfter, unhealthyAfter, 0.1, "/health", List.of("2xx"), "/mcp");
    }
}
