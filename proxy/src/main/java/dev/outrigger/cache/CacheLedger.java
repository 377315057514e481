package dev.outrigger.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The counts of all caches by route. They outlive the caches, and the routes too: a reload must not turn a counter back. One
 * entry for each name that a configuration ever had. Safe for use by any thread.
 */
public final class CacheLedger {
    private final Map<String, CacheCounts> byRoute = new ConcurrentHashMap<>();

    /** The counts of a route, the same object always. */
    public CacheCounts of(String route) {
        return byRoute.computeIfAbsent(route, unused -> new CacheCounts());
    }

    /** Over all routes that there ever were. */
    public CacheTotals totals() {
        return byRoute.values().stream().map(CacheCounts::totals).reduce(CacheTotals.NONE, CacheTotals::plus);
    }
}
