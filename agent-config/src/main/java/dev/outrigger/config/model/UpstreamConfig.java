package dev.outrigger.config.model;

import java.util.List;

/**
 * A named service with one breaker identity. The least loaded endpoint is taken (least-request).
 *
 * @param name also the {@code server} and {@code component} label of its metrics
 * @param endpoints at least one, distinct, ports 1 to 65535
 */
public record UpstreamConfig(
        String name,
        List<HostPort> endpoints,
        SessionAffinity sessionAffinity,
        PoolConfig pool,
        BreakerConfig breaker,
        HealthCheckConfig healthCheck) {
    /** What keeps the requests that belong together on one endpoint. */
    public enum SessionAffinity {
        /** The MCP session, or task, that they name. */
        MCP_SESSION,
        /** Nothing: for servers that keep no state, or share it. */
        NONE
    }

    public UpstreamConfig {
        endpoints = List.copyOf(endpoints);
    }
}
