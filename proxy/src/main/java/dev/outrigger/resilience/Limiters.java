package dev.outrigger.resilience;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.OverloadConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.time.NanoClock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All limits of one configuration. What an earlier one had under the same name goes on: a rate limit that is equal with its
 * buckets, a limit of calls under way with its calls, whatever else of it has changed.
 *
 * <p>Filled by one thread while a configuration is compiled, and only read afterwards.
 */
public final class Limiters {
    private record Key(Scope scope, String name) {}

    private final OverloadGuard guard;
    private final Executor maintenance;
    private final NanoClock clock;
    private final Map<String, RateLimiter> earlierRates;
    private final Map<Key, ConcurrencyLimiter> earlierConcurrency;
    private final Map<String, RateLimiter> rates = new LinkedHashMap<>();
    private final Map<Key, ConcurrencyLimiter> concurrency = new LinkedHashMap<>();
    private final Map<String, ConcurrencyLimiter> upstreams = new HashMap<>();
    /** What {@link #commit} puts into force. */
    private final Map<ConcurrencyLimiter, ConcurrencyLimitConfig> wanted = new HashMap<>();

    private @Nullable OverloadConfig overload;

    /** @param maintenance forgets keys; no loop */
    public Limiters(Executor maintenance, NanoClock clock) {
        this(new OverloadGuard(), maintenance, clock, Map.of(), Map.of());
    }

    private Limiters(
            OverloadGuard guard,
            Executor maintenance,
            NanoClock clock,
            Map<String, RateLimiter> earlierRates,
            Map<Key, ConcurrencyLimiter> earlierConcurrency) {
        this.guard = guard;
        this.maintenance = maintenance;
        this.clock = clock;
        this.earlierRates = earlierRates;
        this.earlierConcurrency = earlierConcurrency;
    }

    /** Those of the next configuration, empty yet. */
    public Limiters next() {
        return new Limiters(guard, maintenance, clock, rates, concurrency);
    }

    /** @param name of the route, or of the route and the tools' pattern */
    public RateLimiter rate(String name, RateLimitConfig config) {
        RateLimiter earlier = earlierRates.get(name);
        RateLimiter limiter = earlier;
        if (limiter == null || !limiter.config().equals(config)) {
            RateLimiter.Counts counts = earlier == null ? new RateLimiter.Counts() : earlier.counts();
            limiter = new RateLimiter(name, config, counts, maintenance, clock);
        }
        rates.put(name, limiter);
        return limiter;
    }

    /** @param name of the route, the route and the tools' pattern, or the upstream */
    public ConcurrencyLimiter concurrency(Scope scope, String name, ConcurrencyLimitConfig config) {
        Key key = new Key(scope, name);
        ConcurrencyLimiter limiter = earlierConcurrency.get(key);
        if (limiter == null) {
            limiter = new ConcurrencyLimiter(scope, name, config, clock.nanoTime());
        }
        wanted.put(limiter, config);
        concurrency.put(key, limiter);
        if (scope == Scope.UPSTREAM) {
            upstreams.put(name, limiter);
        }
        return limiter;
    }

    /** When the process has more than it can hold. */
    public void overload(OverloadConfig config) {
        overload = config;
    }

    /** Of the process: the same for all configurations. */
    public OverloadGuard guard() {
        return guard;
    }

    /** Puts into force what has changed of what goes on. */
    public void commit() {
        if (overload != null) {
            guard.reconfigure(overload);
        }
        wanted.forEach((limiter, config) -> limiter.reconfigure(config, clock.nanoTime()));
    }

    /** The limit of an upstream's calls; null without one. */
    public @Nullable ConcurrencyLimiter ofUpstream(String name) {
        return upstreams.isEmpty() ? null : upstreams.get(name);
    }

    /** In the order of the configuration. */
    public List<RateLimiter> rates() {
        return List.copyOf(rates.values());
    }

    /** In the order of the configuration. */
    public List<ConcurrencyLimiter> concurrency() {
        return List.copyOf(concurrency.values());
    }
}
