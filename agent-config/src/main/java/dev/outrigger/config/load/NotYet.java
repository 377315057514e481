package dev.outrigger.config.load;

import java.util.Map;
import java.util.Set;

/**
 * Keys and values of the published interface whose features are still to come. They are refused by name: taking them
 * silently would leave an operator with a protection that does nothing, calling them unknown would send them looking for a
 * typing mistake. Patterns are paths with {@code *} for a name or an index.
 */
final class NotYet {
    private static final Map<String, Set<String>> KEYS = Map.of(
            "outrigger", Set.of("security"),
            "outrigger.listeners.*", Set.of("tls", "proxy-protocol"),
            "outrigger.upstreams.*", Set.of("dns", "stdio", "tls"),
            "outrigger.upstreams.*.endpoints.*", Set.of("weight"),
            "outrigger.upstreams.*.breaker", Set.of("backoff", "failure-rate", "slow-call"),
            "outrigger.routes.*",
                    Set.of(
                            "weighted",
                            "shift",
                            "alternates",
                            "retry",
                            "rate-limit",
                            "concurrency-limit",
                            "cache",
                            "headers",
                            "fallback"),
            "outrigger.routes.*.match", Set.of("path", "host", "headers", "method", "mcp-method", "tool"),
            "outrigger.routes.*.tools.*", Set.of("allow"),
            "outrigger.telemetry", Set.of("hlog"));

    private static final Map<String, Set<String>> VALUES = Map.of(
            "outrigger.listeners.*.mode", Set.of("transparent"),
            "outrigger.listeners.*.protocol", Set.of("auto", "tcp"),
            "outrigger.upstreams.*.protocol", Set.of("http2", "auto"),
            "outrigger.upstreams.*.session-affinity", Set.of("header", "cookie", "client-ip"),
            "outrigger.upstreams.*.load-balancer", Set.of("round-robin", "peak-ewma", "random"),
            "outrigger.upstreams.*.health-check.type", Set.of("mcp", "http"));

    /** Required keys that one of these makes unnecessary, so that using it is one problem and not two. */
    private static final Map<String, Set<String>> INSTEAD = Map.of(
            "outrigger.upstreams.*.endpoints", Set.of("dns", "stdio"),
            "outrigger.routes.*.upstream", Set.of("weighted", "shift"));

    private NotYet() {}

    static boolean isKey(String sectionPattern, String key) {
        return KEYS.getOrDefault(sectionPattern, Set.of()).contains(key);
    }

    static boolean isValue(String keyPattern, String value) {
        return VALUES.getOrDefault(keyPattern, Set.of()).contains(value);
    }

    static Set<String> insteadOf(String keyPattern) {
        return INSTEAD.getOrDefault(keyPattern, Set.of());
    }
}
