package dev.outrigger.config.model;

import java.util.List;
import java.util.Optional;

/**
 * A named service with one breaker identity.
 *
 * @param name also the {@code server} and {@code component} label of its metrics
 * @param endpoints distinct, ports 1 to 65535; at least one, or none where {@code dns} finds them
 * @param dns finds the endpoints
 * @param concurrencyLimit what it is sent at once, over all routes
 */
public record UpstreamConfig(
        String name,
        List<EndpointConfig> endpoints,
        Protocol protocol,
        SessionAffinity sessionAffinity,
        PoolConfig pool,
        BreakerConfig breaker,
        HealthCheckConfig healthCheck,
        UpstreamHttp2Config http2,
        Optional<ClientTlsConfig> tls,
        SendProxyProtocol sendProxyProtocol,
        BalancingConfig balancing,
        Optional<DnsConfig> dns,
        Optional<ConcurrencyLimitConfig> concurrencyLimit) {
    /** What the endpoints speak. */
    public enum Protocol {
        HTTP1,
        HTTP2,
        /** What they choose in the TLS handshake; without TLS, what the client speaks. */
        AUTO
    }

    /** How an endpoint is told whose connection it gets. */
    public enum SendProxyProtocol {
        OFF,
        V1,
        V2
    }

    /** What keeps the requests that belong together on one endpoint. */
    public enum SessionAffinity {
        /** The MCP session, or task, that they name. */
        MCP_SESSION,
        /** The value of a header that they carry. */
        HEADER,
        /** A cookie, which clients get with their first answer. */
        COOKIE,
        /** The client's address. */
        CLIENT_IP,
        /** Nothing: for servers that keep no state, or share it. */
        NONE
    }

    public UpstreamConfig {
        endpoints = List.copyOf(endpoints);
    }
}
