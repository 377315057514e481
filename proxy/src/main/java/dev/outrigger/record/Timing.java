package dev.outrigger.record;

import org.jspecify.annotations.Nullable;

/**
 * One loop's recorder of durations that are not those of exchanges. Like a series it holds an interval only while it has
 * something to hand over.
 */
final class Timing {
    final TimingKey key;
    private final Timings all;
    private @Nullable Interval interval;

    Timing(TimingKey key, Timings all) {
        this.key = key;
        this.all = all;
    }

    void record(long nanos) {
        if (all.isCollecting()) {
            filling().record(nanos);
        }
    }

    /** Records a share of an exchange, which may become the exemplar. */
    void record(long nanos, ExchangeRecord record) {
        if (all.isCollecting()) {
            filling().record(nanos, record);
        }
    }

    /** Gives away what was recorded; null if nothing was. */
    @Nullable
    Interval handOver() {
        Interval filled = interval;
        interval = null;
        return filled;
    }

    private Interval filling() {
        Interval filling = interval;
        if (filling == null) {
            filling = all.touch(this);
            interval = filling;
        }
        return filling;
    }
}
