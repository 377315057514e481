package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which requests go to which upstream, and how long they may take. The longest matching prefix wins.
 *
 * @param name the {@code endpoint} label of metrics; the path prefix unless named
 * @param pathPrefix starts with a slash; matches whole segments
 * @param upstream the name of an upstream of the same configuration
 * @param timeout from the end of the request to the head of the answer; for a JSON answer to an MCP call, to its end; 15 s as
 *     Envoy has it
 * @param idleTimeout longest silence of an exchange, in either direction; 5 min as Envoy has it
 * @param maxDuration hard cap of an exchange, streams included; not shorter than any timeout
 * @param upgrades protocols that a client may change to, in lower case; {@code *} is any
 * @param tools exceptions for some tools, by pattern in alphabetical order; patterns are distinct
 * @param retry when a request may be sent twice; without it only if nothing was sent, to another endpoint
 */
public record RouteConfig(
        String name,
        String pathPrefix,
        String upstream,
        Duration timeout,
        Duration idleTimeout,
        Duration maxDuration,
        List<String> upgrades,
        List<ToolConfig> tools,
        Optional<RetryConfig> retry) {

    public RouteConfig {
        upgrades = List.copyOf(upgrades);
        tools = List.copyOf(tools);
    }
}
