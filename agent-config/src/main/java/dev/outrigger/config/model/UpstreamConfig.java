package dev.outrigger.config.model;

import java.util.List;

/**
 * A named service with one breaker identity. The least loaded endpoint is taken (least-request).
 *
 * @param name also the {@code server} and {@code component} label of its metrics
 * @param endpoints at least one, distinct, ports 1 to 65535
 */
public record UpstreamConfig(
        String name, List<HostPort> endpoints, PoolConfig pool, BreakerConfig breaker, HealthCheckConfig healthCheck) {

    public UpstreamConfig {
        endpoints = List.copyOf(endpoints);
    }
}
