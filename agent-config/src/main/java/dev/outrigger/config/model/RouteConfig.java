package dev.outrigger.config.model;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests go to which upstream, and how long they may take. The longest matching prefix wins.
 *
 * @param name the {@code endpoint} label of metrics; the path prefix unless named
 * @param pathPrefix starts with a slash; matches whole segments
 * @param upstream the name of an upstream of the same configuration; of several that share the requests the first, of two between
 *     which they move the old one
 * @param timeout from the end of the request to the head of the answer; for a JSON answer to an MCP call, to its end; 15 s as
 *     Envoy has it
 * @param idleTimeout longest silence of an exchange, in either direction; 5 min as Envoy has it
 * @param maxDuration hard cap of an exchange, streams included; not shorter than any timeout
 * @param upgrades protocols that a client may change to, in lower case; {@code *} is any
 * @param tools exceptions for some tools, by pattern in alphabetical order; patterns are distinct
 * @param weighted the upstreams that share the requests, each once; empty if there is one for all
 * @param alternates other upstreams, in the order in which they stand in for one that is of no use
 * @param shift moves the requests from one upstream to another
 * @param retry when a request may be sent twice; without it only if nothing was sent, to another endpoint
 * @param fallback what is answered in place of an upstream that fails
 * @param hedge when a request that may be sent twice is, because it takes long; only beside {@code retry}
 * @param rateLimit what it takes in a time
 * @param concurrencyLimit what it takes at once
 * @param hideDenied whether tools that may not be called are taken out of lists of tools
 * @param cache which answers are kept; none unless set
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
        List<WeightedConfig> weighted,
        List<String> alternates,
        Optional<ShiftConfig> shift,
        Optional<RetryConfig> retry,
        Optional<FallbackConfig> fallback,
        Optional<HedgeConfig> hedge,
        Optional<RateLimitConfig> rateLimit,
        Optional<ConcurrencyLimitConfig> concurrencyLimit,
        boolean hideDenied,
        Optional<CacheConfig> cache) {

    public RouteConfig {
        upgrades = List.copyOf(upgrades);
        tools = List.copyOf(tools);
        weighted = List.copyOf(weighted);
        alternates = List.copyOf(alternates);
    }

    /** Every upstream that its requests may go to, each once. */
    public Set<String> upstreams() {
        Set<String> names = new LinkedHashSet<>();
        names.add(upstream);
        weighted.forEach(part -> names.add(part.upstream()));
        shift.ifPresent(moves -> names.add(moves.to()));
        names.addAll(alternates);
        return names;
    }
}
