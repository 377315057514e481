package dev.outrigger.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import java.time.Duration;

/** Changes the bounds of a table in use. What the smaller ones leave no room for is evicted as ever. */
final class CacheBounds {
    private CacheBounds() {}

    /**
     * Sets both bounds.
     *
     * @param cache made with a maximum size and an expiry after access
     * @throws IllegalArgumentException if it was made without
     */
    static void set(Cache<?, ?> cache, int maxEntries, Duration idleTimeout) {
        cache.policy().eviction().orElseThrow(CacheBounds::unbounded).setMaximum(maxEntries);
        cache.policy().expireAfterAccess().orElseThrow(CacheBounds::unbounded).setExpiresAfter(idleTimeout);
    }

    private static IllegalArgumentException unbounded() {
        return new IllegalArgumentException(
                "a cache without bounds, expected a maximum size and an expiry after access");
    }
}
