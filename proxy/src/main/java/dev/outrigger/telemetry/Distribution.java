package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durations counted since the start: how many, their sum, the buckets of {@link DurationBuckets}, and per classic bucket the
 * latest exemplar. Immutable, safe for use by any thread.
 */
public final class Distribution {
    private static final long NO_CREATED_TIMESTAMP = 0;

    private final long count;
    private final double sumSeconds;
    private final long[] classic;
    /** Only the part that is in use. */
    private final long[] nativeCounts;

    private final int nativeFrom;
    private final @Nullable Exemplar[] exemplars;

    /** Copies what it is given; {@code nativeCounts} has all positions. */
    Distribution(long count, double sumSeconds, long[] classic, long[] nativeCounts, @Nullable Exemplar[] exemplars) {
        this.count = count;
        this.sumSeconds = sumSeconds;
        this.classic = classic.clone();
        int from = 0;
        int to = nativeCounts.length;
        while (from < to && nativeCounts[from] == 0) {
            from++;
        }
        while (to > from && nativeCounts[to - 1] == 0) {
            to--;
        }
        this.nativeFrom = from;
        this.nativeCounts = Arrays.copyOfRange(nativeCounts, from, to);
        this.exemplars = exemplars.clone();
    }

    public long count() {
        return count;
    }

    public double sumSeconds() {
        return sumSeconds;
    }

    void addTo(long[] intoClassic, long[] intoNative, @Nullable Exemplar[] intoExemplars) {
        for (int i = 0; i < classic.length; i++) {
            intoClassic[i] += classic[i];
            intoExemplars[i] = later(intoExemplars[i], exemplars[i]);
        }
        for (int i = 0; i < nativeCounts.length; i++) {
            intoNative[nativeFrom + i] += nativeCounts[i];
        }
    }

    /**
     * The data point of a histogram family.
     *
     * @param firstBucket the lowest classic bucket; those below are added to it
     */
    HistogramDataPointSnapshot toPoint(Labels labels, int firstBucket) {
        return new HistogramDataPointSnapshot(
                classicFrom(firstBucket),
                DurationBuckets.NATIVE_SCHEMA,
                0,
                0,
                nativeBuckets(),
                NativeHistogramBuckets.EMPTY,
                sumSeconds,
                labels,
                exemplarsFrom(firstBucket),
                NO_CREATED_TIMESTAMP);
    }

    private ClassicHistogramBuckets classicFrom(int first) {
        long[] counts = Arrays.copyOfRange(classic, first, classic.length);
        for (int i = 0; i < first; i++) {
            counts[0] += classic[i];
        }
        return ClassicHistogramBuckets.of(DurationBuckets.classicSeconds(first), counts);
    }

    private NativeHistogramBuckets nativeBuckets() {
        int used = 0;
        for (long bucket : nativeCounts) {
            used += bucket == 0 ? 0 : 1;
        }
        int[] indices = new int[used];
        long[] counts = new long[used];
        int next = 0;
        for (int i = 0; i < nativeCounts.length; i++) {
            if (nativeCounts[i] != 0) {
                indices[next] = DurationBuckets.NATIVE_FIRST + nativeFrom + i;
                counts[next++] = nativeCounts[i];
            }
        }
        return NativeHistogramBuckets.of(indices, counts);
    }

    private Exemplars exemplarsFrom(int first) {
        List<Exemplar> found = new ArrayList<>();
        Exemplar lowest = null;
        for (int i = 0; i < exemplars.length; i++) {
            if (i <= first) {
                lowest = later(lowest, exemplars[i]);
            } else {
                addIfPresent(found, exemplars[i]);
            }
        }
        addIfPresent(found, lowest);
        return Exemplars.of(found);
    }

    private static void addIfPresent(List<Exemplar> found, @Nullable Exemplar exemplar) {
        if (exemplar != null) {
            found.add(exemplar);
        }
    }

    private static @Nullable Exemplar later(@Nullable Exemplar one, @Nullable Exemplar other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.getTimestampMillis() >= other.getTimestampMillis() ? one : other;
    }
}
