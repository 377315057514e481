package dev.outrigger.route;

import dev.outrigger.config.model.RetryConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.mcp.ToolHints;
import dev.outrigger.resilience.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a route's requests are sent once more, and the tools that may be called twice. Immutable. */
public final class RetryRules {
    private static final int HARMLESS = ToolHints.READ_ONLY | ToolHints.IDEMPOTENT;

    private final RetryPolicy policy;
    private final ToolPattern[] tools;
    private final boolean trustsAnnotations;
    private final @Nullable HedgeRule hedge;

    RetryRules(RouteConfig route) {
        RetryConfig config = route.retry().orElse(null);
        this.policy = RetryPolicy.of(config);
        this.tools = patterns(config == null ? List.of() : config.tools());
        this.trustsAnnotations = config != null && config.trustToolAnnotations();
        this.hedge = route.hedge()
                .map(written ->
                        new HedgeRule(written.after().map(Duration::toNanos).orElse(0L)))
                .orElse(null);
    }

    private static ToolPattern[] patterns(List<String> patterns) {
        return patterns.stream().map(ToolPattern::new).toArray(ToolPattern[]::new);
    }

    public RetryPolicy policy() {
        return policy;
    }

    /** When a request that may be sent twice is, because it takes long; null: never. */
    public @Nullable HedgeRule hedge() {
        return hedge;
    }

    /** Whether a tool's own hints count. */
    public boolean trustsAnnotations() {
        return trustsAnnotations;
    }

    /**
     * Whether a tool may be called twice.
     *
     * @param name begins with its name in UTF-8
     * @param length bytes of the name
     * @param hints what it says of itself, see {@link ToolHints}
     */
    public boolean mayCallTwice(byte[] name, int length, int hints) {
        if (trustsAnnotations && (hints & HARMLESS) != 0) {
            return true;
        }
        for (ToolPattern pattern : tools) {
            if (pattern.matches(name, length)) {
                return true;
            }
        }
        return false;
    }
}
