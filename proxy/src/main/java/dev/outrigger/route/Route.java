package dev.outrigger.route;

import dev.outrigger.config.model.RouteConfig;
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
    private final @Nullable CachePolicy cache;

    Route(int index, RouteConfig config) {
        this.index = index;
        this.name = config.name().intern();
        this.pathPrefix = config.pathPrefix();
        this.timeoutNanos = config.timeout().toNanos();
        this.idleTimeoutNanos = config.idleTimeout().toNanos();
        this.maxDurationNanos = config.maxDuration().toNanos();
        this.tools = new ToolPolicies(config.tools());
        this.upgrades = new Upgrades(config.upgrades());
        this.retry = new RetryRules(config);
        this.fallback = config.fallback().map(Fallback::new).orElse(null);
        this.cache = config.cache().map(kept -> new CachePolicy(kept, tools)).orElse(null);
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
