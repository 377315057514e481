package dev.outrigger.route;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.ToolConfig;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a route treats differently, each kind of policy in a {@link ToolTable} of its own: whether a tool is allowed is
 * said by the most specific pattern that says so, not by one that is there for another reason. Who gives {@code slow_*} more
 * time has not allowed what {@code *} forbids.
 *
 * <p>Immutable.
 */
public final class ToolPolicies {
    private final ToolTable<ToolPolicy> policies;
    private final ToolTable<Boolean> permissions;
    private final ToolTable<BreakerConfig> breakers;
    private final ToolTable<RateLimiter> rates;
    private final ToolTable<ConcurrencyLimiter> concurrency;
    private final ToolTable<Long> cacheTtls;
    private final boolean forbidding;

    /**
     * @param route the name of the route
     * @param limiters gives the tools their limits
     */
    ToolPolicies(String route, List<ToolConfig> configs, Limiters limiters) {
        this.policies = table(
                configs,
                config -> Optional.of(new ToolPolicy(
                        config.pattern(), TimeUnit.NANOSECONDS.convert(config.timeout()), config.deadLetter())));
        this.permissions = table(configs, ToolConfig::allow);
        this.breakers = table(configs, ToolConfig::breaker);
        this.rates = table(configs, config -> config.rateLimit()
                .map(limit -> limiters.rate(route + '/' + config.pattern(), limit)));
        this.concurrency = table(configs, config -> config.concurrencyLimit()
                .map(limit -> limiters.concurrency(Scope.TOOL, route + '/' + config.pattern(), limit)));
        this.cacheTtls = table(configs, config -> config.cacheTtl().map(Duration::toNanos));
        this.forbidding = configs.stream().anyMatch(config -> !config.allow().orElse(true));
    }

    private static <T> ToolTable<T> table(List<ToolConfig> configs, Function<ToolConfig, Optional<T>> kind) {
        return new ToolTable<>(configs.stream()
                .flatMap(config -> kind.apply(config).stream()
                        .map(value -> new ToolTable.Entry<>(new ToolPattern(config.pattern()), value)))
                .toList());
    }

    /** Whether the route treats all tools alike. */
    public boolean isEmpty() {
        return policies.isEmpty();
    }

    /**
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    public @Nullable ToolPolicy find(byte[] name, int length) {
        return policies.find(name, length);
    }

    /**
     * What the breaker of a tool judges by; null if it has none.
     *
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    public @Nullable BreakerConfig breaker(byte[] name, int length) {
        return breakers.isEmpty() ? null : breakers.find(name, length);
    }

    /**
     * The limit of a tool's calls in a time, besides the route's; null without one.
     *
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    public @Nullable RateLimiter rateLimiter(byte[] name, int length) {
        return rates.find(name, length);
    }

    /**
     * The limit of a tool's calls at once, besides the route's; null without one.
     *
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    public @Nullable ConcurrencyLimiter concurrencyLimiter(byte[] name, int length) {
        return concurrency.find(name, length);
    }

    /** Whether there is a tool with a limit of its own. */
    public boolean limitsAny() {
        return !rates.isEmpty() || !concurrency.isEmpty();
    }

    /**
     * For how long the results of a tool are kept at most, as far as that is said of the tool itself.
     *
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     * @return null if nothing is said; 0 for not at all
     */
    @Nullable
    Long cacheTtlNanos(byte[] name, int length) {
        return cacheTtls.find(name, length);
    }

    /** Whether there is a tool that may not be called. */
    public boolean forbidsAny() {
        return forbidding;
    }

    /**
     * Whether a tool may be called.
     *
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name; a call without a name that can be told is not allowed where any tool is forbidden
     */
    public boolean allows(byte[] name, int length) {
        return !forbidding || (length > 0 && !Boolean.FALSE.equals(permissions.find(name, length)));
    }
}
