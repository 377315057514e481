package dev.outrigger.upstream;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.resilience.CircuitBreaker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The breakers of single tools of one upstream: a tool that fails is no reason to refuse the others.
 *
 * <p>Each is made when its tool is called for the first time, since nobody else knows the tools. They are kept by the labels of
 * tools, whose number is bounded whatever names clients make up; names beyond that bound share the breaker of their common
 * label. Asking for a known one is a look-up by a string that has its hash.
 *
 * <p>Safe for use by any thread.
 */
public final class ToolBreakers {
    private final String upstream;
    private final CircuitBreaker.Listener listener;
    private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /**
     * @param upstream its name, the first part of the breakers' names
     * @param listener told of every transition
     */
    public ToolBreakers(String upstream, CircuitBreaker.Listener listener) {
        this.upstream = upstream;
        this.listener = listener;
    }

    /**
     * @param tool its label
     * @param config what it judges by if there is none yet
     */
    public CircuitBreaker of(String tool, BreakerConfig config) {
        CircuitBreaker known = breakers.get(tool);
        if (known != null) {
            return known;
        }
        CircuitBreaker made = new CircuitBreaker(upstream + ':' + tool, config, listener);
        CircuitBreaker earlier = breakers.putIfAbsent(tool, made);
        return earlier == null ? made : earlier;
    }

    /** Those of the tools that were called. */
    public Collection<CircuitBreaker> all() {
        return List.copyOf(breakers.values());
    }

    /**
     * Judges by other thresholds from now on.
     *
     * @param configs by label of a tool; null for one that has no breaker any more, which is forgotten
     */
    public void reconfigure(Function<String, @Nullable BreakerConfig> configs) {
        breakers.forEach((tool, breaker) -> {
            BreakerConfig config = configs.apply(tool);
            if (config == null) {
                breakers.remove(tool);
            } else {
                breaker.reconfigure(config);
            }
        });
    }
}
