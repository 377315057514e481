package dev.outrigger.route;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.RateLimiter;
import org.jspecify.annotations.Nullable;

/** One route, compiled: what it matches and its policies in the units of the hot path. */
public final class Route {
    private final int index;
    private final String name;
    private final String pathPrefix;
    private final long timeoutNanos;
    private final long idleTimeoutNanos;
    private final long maxDurationNanos;
    private final ToolPolicies tools;
    private final Upgrades upgrades;
    private final RetryRules retry;
    private final @Nullable Fallback fallback;
    private final boolean hidesDenied;
    private final @Nullable RateLimiter rateLimiter;
    private final @Nullable ConcurrencyLimiter concurrencyLimiter;
    private final @Nullable CachePolicy cache;

    Route(int index, RouteConfig config, Limiters limiters) {
        this.index = index;
        this.name = config.name().intern();
        this.pathPrefix = config.pathPrefix();
        this.timeoutNanos = config.timeout().toNanos();
        this.idleTimeoutNanos = config.idleTimeout().toNanos();
        this.maxDurationNanos = config.maxDuration().toNanos();
        this.tools = new ToolPolicies(config.name(), config.tools(), limiters);
        this.upgrades = new Upgrades(config.upgrades());
        this.retry = new RetryRules(config);
        this.fallback = config.fallback().map(Fallback::new).orElse(null);
        this.hidesDenied = config.hideDenied() && tools.forbidsAny();
        this.rateLimiter = config.rateLimit()
                .map(limit -> limiters.rate(config.name(), limit))
                .orElse(null);
        this.concurrencyLimiter = config.concurrencyLimit()
                .map(limit -> limiters.concurrency(Scope.ROUTE, config.name(), limit))
                .orElse(null);
        this.cache = config.cache()
                .map(kept -> new CachePolicy(kept, tools, hidesDenied))
                .orElse(null);
    }

    /** Position in the table. */
    public int index() {
        return index;
    }

    /** Value of the {@code endpoint} label. */
    public String name() {
        return name;
    }

    /** From the end of the request to the head of the answer; for a JSON answer to an MCP call, to its end. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** Longest silence, in either direction, while an exchange is under way. */
    public long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    /** Hard cap of one exchange, streams included. */
    public long maxDurationNanos() {
        return maxDurationNanos;
    }

    /** The tools that it treats differently. */
    public ToolPolicies tools() {
        return tools;
    }

    /** Whether forbidden tools, of which there are some, are taken out of lists of tools. */
    public boolean hidesDenied() {
        return hidesDenied;
    }

    /** What it takes in a time; null without a limit. */
    public @Nullable RateLimiter rateLimiter() {
        return rateLimiter;
    }

    /** What it takes at once; null without a limit. */
    public @Nullable ConcurrencyLimiter concurrencyLimiter() {
        return concurrencyLimiter;
    }

    /** The protocols that connections may be switched to. */
    public Upgrades upgrades() {
        return upgrades;
    }

    /** When its requests are sent once more. */
    public RetryRules retry() {
        return retry;
    }

    /** What is answered in place of an upstream that fails; null for the failure itself. */
    public @Nullable Fallback fallback() {
        return fallback;
    }

    /** Which answers are kept; null: none. */
    public @Nullable CachePolicy cache() {
        return cache;
    }

    int prefixLength() {
        return pathPrefix.length();
    }

    /**
     * A prefix matches whole segments: {@code /mcp} covers {@code /mcp}, {@code /mcp/x} and {@code /mcp?x}, but not
     * {@code /mcpx}.
     */
    boolean matches(String target) {
        int length = pathPrefix.length();
        if (!target.startsWith(pathPrefix)) {
            return false;
        }
        if (target.length() == length || pathPrefix.charAt(length - 1) == '/') {
            return true;
        }
        char next = target.charAt(length);
        return next == '/' || next == '?';
    }
}
