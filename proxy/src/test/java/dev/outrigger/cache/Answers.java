package dev.outrigger.cache;

import dev.outrigger.cache.StoredAnswer.Source;
import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Stores and answers of tests. */
final class Answers {
    private Answers() {}

    static ResponseStore store(ManualClock clock, CacheCounts counts, long maxBytes, Duration staleFor) {
        CacheConfig cache = new CacheConfig(
                Duration.ofMinutes(5),
                maxBytes,
                1024,
                List.of("*"),
                List.of(),
                CacheConfig.Scope.PRINCIPAL,
                List.of(),
                staleFor);
        RouteConfig route = new RouteConfig(
                "r",
                "/",
                "app",
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of(cache));
        return new ResponseStore(route, cache, counts, Runnable::run, clock);
    }

    static CacheKey key(int number) {
        return new CacheKey(number * 0x9e3779b97f4a7c15L, number, 0, 0);
    }

    static StoredAnswer answer(
            ManualClock clock, int bytes, Duration fresh, Epochs epochs, String upstream, String tool) {
        Source source = new Source(upstream, epochs, McpMethod.TOOLS_CALL, tool, 0);
        return new StoredAnswer(new byte[bytes], source, clock.nanoTime(), fresh.toNanos(), source.stamp());
    }
}
