package dev.outrigger.record;

import org.jspecify.annotations.Nullable;

/** One loop's entry for one key: the key, and the interval under way if anything was recorded since the last hand-over. */
final class Series {
    final SeriesKey key;
    final int hash;
    /** Null while untouched, so that series which are quiet hold no histogram. */
    @Nullable
    Interval interval;

    Series(SeriesKey key, int hash) {
        this.key = key;
        this.hash = hash;
    }

    boolean matches(ExchangeRecord record, String status, String errorType) {
        return key.outcome() == record.outcome
                && key.breaker() == record.breaker
                && same(key.tool(), record.tool)
                && same(key.route(), record.route)
                && same(key.upstream(), record.upstream)
                && same(key.mcpMethod(), record.mcpMethod)
                && same(key.httpMethod(), record.httpMethod)
                && same(key.status(), status)
                && same(key.errorType(), errorType);
    }

    // Labels are interned by their producers, so the comparison by reference decides; equals only guards against one
    // that is
    // not, which would otherwise make a series per exchange.
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(String one, String other) {
        return one == other || one.equals(other);
    }
}
