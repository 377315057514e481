package dev.outrigger.telemetry;

import dev.outrigger.record.Hex;
import dev.outrigger.record.Interval;
import io.prometheus.metrics.model.snapshots.Exemplar;
import org.jspecify.annotations.Nullable;

/** Adds durations up: intervals of loops into one series, and series into a family. Belongs to one thread. */
final class Accumulator {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] classic = new long[DurationBuckets.CLASSIC_COUNT];
    private final long[] nativeCounts = new long[DurationBuckets.NATIVE_COUNT];
    private final @Nullable Exemplar[] exemplars = new Exemplar[DurationBuckets.CLASSIC_COUNT];
    private long count;
    /** Not nanoseconds in a long: hour-long streams by the thousand would overflow it within days. */
    private double sumSeconds;

    private @Nullable Distribution result;

    /**
     * Adds an interval.
     *
     * @param also shown every duration as well: walking through a histogram is what a scrape spends its time on
     */
    void add(Interval interval, WallClock wall, Interval.Visitor also) {
        result = null;
        count += interval.count();
        sumSeconds += interval.sumNanos() / NANOS_PER_SECOND;
        interval.forEach((micros, times) -> {
            addDuration(micros, times);
            also.onDuration(micros, times);
        });
        Interval.Sample sample = interval.sample();
        if (sample != null) {
            int bucket = DurationBuckets.classic((sample.durationNanos() + 999) / 1000);
            exemplars[bucket] = exemplarOf(sample, wall);
        }
    }

    /** Adds one duration without a bound to its sum; in native buckets it counts as an hour at most. */
    void add(long nanos) {
        result = null;
        count++;
        sumSeconds += nanos / NANOS_PER_SECOND;
        addDuration((nanos + 999) / 1000, 1);
    }

    void add(Distribution distribution) {
        result = null;
        count += distribution.count();
        sumSeconds += distribution.sumSeconds();
        distribution.addTo(classic, nativeCounts, exemplars);
    }

    /** What was added so far. Made once until something is added again, so that series at rest cost a scrape nothing. */
    Distribution distribution() {
        Distribution made = result;
        if (made == null) {
            made = new Distribution(count, sumSeconds, classic, nativeCounts, exemplars);
            result = made;
        }
        return made;
    }

    private void addDuration(long micros, long times) {
        classic[DurationBuckets.classic(micros)] += times;
        nativeCounts[DurationBuckets.nativePosition(micros)] += times;
    }

    private static Exemplar exemplarOf(Interval.Sample sample, WallClock wall) {
        return Exemplar.builder()
                .value(sample.durationNanos() / NANOS_PER_SECOND)
                .traceId(Hex.of(sample.traceIdHigh(), sample.traceIdLow()))
                .spanId(Hex.of(sample.spanId()))
                .timestampMillis(wall.epochMillis(sample.endNanos()))
                .build();
    }
}
