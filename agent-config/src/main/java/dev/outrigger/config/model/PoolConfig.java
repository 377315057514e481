package dev.outrigger.config.model;

import java.time.Duration;

/**
 * The connections to each endpoint of an upstream.
 *
 * @param connectTimeout from the start of a connect to its success; an exchange waits no longer for a connection
 * @param idleTimeout how long a connection may rest unused; 4 s because Node's HTTP server, under most MCP servers,
 *     closes after 5 s, and a request written into that close fails
 * @param maxLifetime age at which a connection is replaced after its current exchange, so that name changes and
 *     rebalancing take effect
 * @param maxConnections connections per endpoint over all workers, each worker having an equal share; 1024 as Envoy has it
 * @param maxPending exchanges that wait for a connection, per endpoint over all workers, each worker having an equal share;
 *     further ones are refused; 0 lets none wait; 1024 as Envoy has it
 */
public record PoolConfig(
        Duration connectTimeout, Duration idleTimeout, Duration maxLifetime, int maxConnections, int maxPending) {}
