package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * What a route does differently for some tools.
 *
 * @param pattern a tool name in which {@code *} stands for any run of characters; of the patterns that match, the one with
 *     most other characters counts
 * @param timeout instead of the route's; the route's if not set
 * @param allow whether calls pass; of the patterns that match and say so, the one with most other characters decides, and
 *     where none does they pass
 * @param breaker of each of the tools, besides the upstream's; of the patterns that match and have one, the one with most
 *     other characters decides
 * @param rateLimit of calls to tools of this pattern, besides the route's; of the patterns that match and have one, that with
 *     most other characters counts
 * @param concurrencyLimit likewise
 * @param cacheTtl for how long at most results are kept, instead of what the route's cache says of the tool; zero for not at
 *     all; the pattern is found as for {@code allow}
 * @param deadLetter whether calls that no upstream has answered are kept, see {@link DeadLetterConfig}
 */
public record ToolConfig(
        String pattern,
        Duration timeout,
        Optional<Boolean> allow,
        Optional<BreakerConfig> breaker,
        Optional<RateLimitConfig> rateLimit,
        Optional<ConcurrencyLimitConfig> concurrencyLimit,
        Optional<Duration> cacheTtl,
        boolean deadLetter) {}
