package dev.outrigger.config.load;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.OverloadConfig;
import dev.outrigger.config.model.RateLimitConfig;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Policies that are only there where they are written, in the keys and units of the file. See {@link ConfigRenderer}. */
final class PolicyRenderer {
    private PolicyRenderer() {}

    static Map<String, Object> overload(OverloadConfig overload) {
        return Map.of(
                "max-direct-memory", Shares.format(overload.maxDirectMemory()),
                "max-heap", Shares.format(overload.maxHeap()),
                "max-loop-stall", Durations.format(overload.maxLoopStall()));
    }

    /** Adds the limits that are set. */
    static void limits(
            Map<String, Object> values, Optional<RateLimitConfig> rate, Optional<ConcurrencyLimitConfig> concurrency) {
        rate.ifPresent(limit -> values.put(LimitsSection.RATE, rate(limit)));
        concurrency(values, concurrency);
    }

    private static Map<String, Object> rate(RateLimitConfig limit) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "key", Kinds.dashedWord(limit.key()),
                "algorithm", Kinds.dashedWord(limit.algorithm()),
                "rate", limit.rate(),
                "per", Durations.format(limit.per()),
                "shadow", limit.shadow(),
                "max-keys", limit.maxKeys()));
        if (limit.algorithm() == RateLimitConfig.Algorithm.TOKEN_BUCKET) {
            values.put("burst", limit.burst());
        }
        return values;
    }

    /** Adds a limit of calls under way, if it is set. */
    static void concurrency(Map<String, Object> values, Optional<ConcurrencyLimitConfig> concurrency) {
        concurrency.ifPresent(limit -> values.put(LimitsSection.CONCURRENCY, concurrency(limit)));
    }

    private static Map<String, Object> concurrency(ConcurrencyLimitConfig limit) {
        return Map.of(
                "max", limit.max(),
                "queue", limit.queue(),
                "queue-timeout", Durations.format(limit.queueTimeout()),
                "adaptive", limit.adaptive(),
                "min", limit.min());
    }
}
