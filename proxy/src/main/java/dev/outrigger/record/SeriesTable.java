package dev.outrigger.record;

import org.jspecify.annotations.Nullable;

/**
 * Finds the series of a record without allocating: open addressing with linear probing over hashes that {@code String}
 * caches.
 *
 * <p>A {@code HashMap} would need a key object per look-up. Nothing is ever removed, so there are no tombstones. The number
 * of series is bounded; what would be one more goes to a series whose labels all say {@code other}, see {@link SeriesKey#other}.
 */
final class SeriesTable {
    private static final int FIRST_CAPACITY = 256;

    private final int limit;
    private final Timings timings;
    /** Beyond the limit. */
    private final @Nullable Series[] others = new Series[SeriesLabels.OTHERS];

    private @Nullable Series[] slots = new Series[FIRST_CAPACITY];
    private int size;
    private long folded;

    SeriesTable(int limit, Timings timings) {
        this.limit = limit;
        this.timings = timings;
    }

    Series find(ExchangeRecord record, SeriesKey.Scope scope) {
        String status = SeriesLabels.status(record, scope);
        String errorType = SeriesLabels.errorType(record, scope);
        int hash = SeriesLabels.hash(record, scope, status, errorType);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (true) {
            Series series = slots[slot];
            if (series == null) {
                return size < limit
                        ? add(SeriesLabels.key(record, scope, status, errorType), hash)
                        : fold(record, scope);
            }
            if (series.hash == hash && SeriesLabels.match(series.key, record, scope, status, errorType)) {
                return series;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Records that went to an {@code other} series. */
    long folded() {
        return folded;
    }

    private Series add(SeriesKey key, int hash) {
        // At most half full, so that a probe stays short.
        if (2 * (size + 1) > slots.length) {
            grow();
        }
        Series series = made(key, hash);
        insert(slots, series);
        size++;
        return series;
    }

    private Series fold(ExchangeRecord record, SeriesKey.Scope scope) {
        folded++;
        int index = SeriesLabels.otherIndex(record, scope);
        Series known = others[index];
        if (known == null) {
            known = made(SeriesLabels.other(record, scope), 0);
            others[index] = known;
        }
        return known;
    }

    private Series made(SeriesKey key, int hash) {
        return new Series(key, hash, timings.of(TimingKey.overhead(key.route())));
    }

    private void grow() {
        @Nullable Series[] larger = new Series[2 * slots.length];
        for (Series series : slots) {
            if (series != null) {
                insert(larger, series);
            }
        }
        slots = larger;
    }

    private static void insert(@Nullable Series[] slots, Series series) {
        int mask = slots.length - 1;
        int slot = series.hash & mask;
        while (slots[slot] != null) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = series;
    }
}
