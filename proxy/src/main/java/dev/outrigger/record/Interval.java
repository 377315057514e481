package dev.outrigger.record;

import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What one series saw since it was last handed over: durations, their sum, and the last sampled trace as an exemplar.
 *
 * <p>Belongs to the loop while it is filled, to the sampler once it is handed over, and comes back empty. There is no
 * recorder with phases in between: data that change hands need no atomic operation per value, and count, sum and buckets
 * always agree.
 *
 * <p>The first {@value #PLAIN_VALUES} durations stand in an array as they are; only a busy series goes on into an
 * HdrHistogram. A histogram of three digits is 8 KiB when small and thousands of cells to walk through, and most series of a
 * sidecar (many tools, several statuses) see a few exchanges between two scrapes.
 *
 * <p>Durations are kept in microseconds, because a proxy's own share is tens of them. Longer ones than
 * {@link #MAX_DURATION_NANOS} count as that: it is the longest that a stream may last by default, and a bound keeps the
 * histogram's memory bounded.
 */
public final class Interval {
    /** One hour. */
    public static final long MAX_DURATION_NANOS = 3_600_000_000_000L;

    static final int PLAIN_VALUES = 256;

    private static final int DIGITS = 3;
    private static final int NANOS_PER_MICRO = 1000;

    /** Unsigned: an hour in microseconds needs all 32 bits. */
    private final int[] plain = new int[PLAIN_VALUES];

    private int plainCount;
    private @Nullable IntCountsHistogram rest;
    private long sumNanos;
    private long exemplarTraceIdHigh;
    private long exemplarTraceIdLow;
    private long exemplarSpanId;
    private long exemplarDurationNanos;
    private long exemplarEndNanos;

    Interval() {}

    void record(ExchangeRecord record) {
        record(record.durationNanos(), record);
    }

    /** Records a duration that belongs to an exchange, which may become the exemplar. */
    void record(long durationNanos, ExchangeRecord record) {
        long nanos = record(durationNanos);
        if (record.sampled) {
            exemplarTraceIdHigh = record.traceIdHigh;
            exemplarTraceIdLow = record.traceIdLow;
            exemplarSpanId = record.spanId;
            exemplarDurationNanos = nanos;
            exemplarEndNanos = record.endNanos;
        }
    }

    /** Records a duration and returns it as it was counted. */
    long record(long durationNanos) {
        long nanos = Math.min(Math.max(durationNanos, 0), MAX_DURATION_NANOS);
        // Rounded up, so that a duration is at most a bucket's bound exactly when its microseconds are.
        long micros = (nanos + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
        if (plainCount < PLAIN_VALUES) {
            plain[plainCount++] = (int) micros;
        } else {
            histogram().recordValue(micros);
        }
        sumNanos += nanos;
        return nanos;
    }

    public long count() {
        return plainCount + (rest == null ? 0 : rest.getTotalCount());
    }

    public long sumNanos() {
        return sumNanos;
    }

    /** Every duration with how often it occurred, in no order. */
    public void forEach(Visitor visitor) {
        for (int i = 0; i < plainCount; i++) {
            visitor.onDuration(Integer.toUnsignedLong(plain[i]), 1);
        }
        if (rest == null || rest.getTotalCount() == 0) {
            return;
        }
        for (HistogramIterationValue cell : rest.recordedValues()) {
            visitor.onDuration(rest.lowestEquivalentValue(cell.getValueIteratedTo()), cell.getCountAtValueIteratedTo());
        }
    }

    /** The last sampled exchange, null if there was none. */
    public @Nullable Sample sample() {
        return exemplarSpanId == 0
                ? null
                : new Sample(
                        exemplarTraceIdHigh,
                        exemplarTraceIdLow,
                        exemplarSpanId,
                        exemplarDurationNanos,
                        exemplarEndNanos);
    }

    /** Empties it for the next use. A histogram that this interval did not need is given up. */
    public void clear() {
        if (rest != null && rest.getTotalCount() == 0) {
            rest = null;
        } else if (rest != null) {
            rest.reset();
        }
        plainCount = 0;
        sumNanos = 0;
        exemplarSpanId = 0;
    }

    private IntCountsHistogram histogram() {
        IntCountsHistogram histogram = rest;
        if (histogram == null) {
            histogram = new IntCountsHistogram(DIGITS);
            rest = histogram;
        }
        return histogram;
    }

    /** Receives durations. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One duration.
         *
         * @param micros rounded up to a microsecond, then down to three digits
         */
        void onDuration(long micros, long count);
    }

    /**
     * One exchange whose trace is exported.
     *
     * @param endNanos reading of the loop's clock
     */
    public record Sample(long traceIdHigh, long traceIdLow, long spanId, long durationNanos, long endNanos) {}
}
