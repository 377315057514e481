package dev.outrigger.record;

import org.jspecify.annotations.Nullable;

/** One loop's entry for one key: the key, and the interval under way if anything was recorded since the last hand-over. */
final class Series {
    final SeriesKey key;
    final int hash;
    /** The one of the key's route, shared with its other series; kept here to save the look-up. */
    final Timing overhead;
    /** Null while untouched, so that series which are quiet hold no histogram. */
    @Nullable
    Interval interval;

    Series(SeriesKey key, int hash, Timing overhead) {
        this.key = key;
        this.hash = hash;
        this.overhead = overhead;
    }
}
