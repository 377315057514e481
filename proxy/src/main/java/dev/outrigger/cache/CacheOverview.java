package dev.outrigger.cache;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * All caches together, for who shows them. Read anew at each question, by any thread that may wait for a moment.
 *
 * @param stores of the configuration in force
 * @param ledger what became of the questions, also to caches that are gone
 */
public record CacheOverview(Supplier<? extends Collection<ResponseStore>> stores, CacheLedger ledger) {
    /** Nothing is kept. */
    public static CacheOverview none() {
        return new CacheOverview(List::of, new CacheLedger());
    }

    /** Since the start. */
    public CacheTotals totals() {
        return ledger.totals();
    }

    /** Answers that are kept now. */
    public long entries() {
        return stores.get().stream().mapToLong(ResponseStore::entries).sum();
    }

    /** What they take of memory. */
    public long bytes() {
        return stores.get().stream().mapToLong(ResponseStore::bytes).sum();
    }
}
