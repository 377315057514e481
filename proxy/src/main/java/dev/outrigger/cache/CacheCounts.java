package dev.outrigger.cache;

import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the questions that the cache of one route was asked, since the start.
 *
 * <p>Shared by all workers, and adders for that: evictions happen on no loop, and what is shown of a cache is asked for between
 * two scrapes too.
 */
public final class CacheCounts {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder coalesced = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder invalidations = new LongAdder();

    /** Answered without asking the server. */
    public void hit() {
        hits.increment();
    }

    /** The server has to be asked. */
    public void miss() {
        misses.increment();
    }

    /** Answered with what the server said to somebody else at the same time: a hit. */
    public void coalesced() {
        hits.increment();
        coalesced.increment();
    }

    /** The server was asked in vain, and what it had said before was given instead. */
    public void stale() {
        stale.increment();
    }

    /** An answer had to make room. */
    void evicted() {
        evictions.increment();
    }

    /** Answers were dropped before their time. */
    void invalidated(long answers) {
        invalidations.add(answers);
    }

    /** As of now. */
    public CacheTotals totals() {
        return new CacheTotals(
                hits.sum(), misses.sum(), coalesced.sum(), stale.sum(), evictions.sum(), invalidations.sum());
    }
}
