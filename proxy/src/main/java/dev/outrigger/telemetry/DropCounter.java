package dev.outrigger.telemetry;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How much telemetry of one kind was given up since the start of the process.
 *
 * <p>It outlives the writers that count in it: a writer is replaced when its file or its receiver changes, and what an
 * earlier one lost must stay lost, or the counter in {@code /metrics} would fall. Adding up the counts of writers that are
 * gone would miss what is offered to one of them while it closes. Safe for use by any thread.
 */
public final class DropCounter implements LongSupplier {
    private final LongAdder sum = new LongAdder();

    void add(long items) {
        sum.add(items);
    }

    /** Items given up since the start. */
    @Override
    public long getAsLong() {
        return sum.sum();
    }
}
