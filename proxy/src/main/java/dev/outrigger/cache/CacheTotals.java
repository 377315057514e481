package dev.outrigger.cache;

/**
 * A reading of {@link CacheCounts}, or the sum of several. All since the start.
 *
 * @param hits questions answered without asking the server
 * @param misses questions that could have been answered so, for which the server was asked
 * @param coalesced of the hits, those answered with what the server said to somebody else at the same time
 * @param stale of the misses, those that failed and were answered with what the server had said before
 * @param evictions answers that had to make room
 * @param invalidations answers dropped before their time, by the server's word or by hand
 */
public record CacheTotals(long hits, long misses, long coalesced, long stale, long evictions, long invalidations) {
    public static final CacheTotals NONE = new CacheTotals(0, 0, 0, 0, 0, 0);

    public CacheTotals plus(CacheTotals other) {
        return new CacheTotals(
                hits + other.hits,
                misses + other.misses,
                coalesced + other.coalesced,
                stale + other.stale,
                evictions + other.evictions,
                invalidations + other.invalidations);
    }

    /** Share of the questions that were answered without asking the server, 0 to 1; 0 before the first. */
    public double hitRate() {
        long all = hits + misses;
        return all == 0 ? 0 : (double) hits / all;
    }
}
