package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the series of a record without allocating: open addressing with linear probing over hashes that {@code String}
 * caches.
 *
 * <p>A {@code HashMap} would need a key object per look-up. Nothing is ever removed, so there are no tombstones. The number
 * of series is bounded; what would be one more goes to a series per outcome whose labels all say {@code other}.
 */
final class SeriesTable {
    private static final int FIRST_CAPACITY = 256;

    private final int limit;
    private final Map<Outcome, Series> others = new EnumMap<>(Outcome.class);
    private @Nullable Series[] slots = new Series[FIRST_CAPACITY];
    private int size;
    private long folded;

    SeriesTable(int limit) {
        this.limit = limit;
        for (Outcome outcome : Outcome.values()) {
            others.put(outcome, new Series(SeriesKey.other(outcome), 0));
        }
    }

    Series find(ExchangeRecord record) {
        String status = StatusText.of(record.status);
        String errorType = record.errorType();
        int hash = hash(record, status, errorType);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (true) {
            Series series = slots[slot];
            if (series == null) {
                return add(record, errorType, hash);
            }
            if (series.hash == hash && series.matches(record, status, errorType)) {
                return series;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Records that went to an {@code other} series. */
    long folded() {
        return folded;
    }

    private Series add(ExchangeRecord record, String errorType, int hash) {
        if (size >= limit) {
            folded++;
            return Objects.requireNonNull(others.get(record.outcome));
        }
        // At most half full, so that a probe stays short.
        if (2 * (size + 1) > slots.length) {
            grow();
        }
        Series series = new Series(SeriesKey.of(record, errorType), hash);
        insert(slots, series);
        size++;
        return series;
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

    private static int hash(ExchangeRecord record, String status, String errorType) {
        int hash = record.tool.hashCode();
        hash = 31 * hash + record.route.hashCode();
        hash = 31 * hash + record.upstream.hashCode();
        hash = 31 * hash + record.mcpMethod.hashCode();
        hash = 31 * hash + record.httpMethod.hashCode();
        hash = 31 * hash + status.hashCode();
        hash = 31 * hash + errorType.hashCode();
        hash = 31 * hash + record.outcome.label().hashCode();
        hash = 31 * hash + record.breaker.name().hashCode();
        // The golden ratio spreads what the low bits of similar names have in common.
        hash *= 0x9E3779B9;
        return hash ^ (hash >>> 16);
    }
}
