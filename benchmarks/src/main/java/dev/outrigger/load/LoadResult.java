package dev.outrigger.load;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Counts and latencies of one run; of the errors, all that happened, of the rest, what was recorded. Loop only. */
final class LoadResult {
    private static final long LONGEST_NANOS = 600_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
    private final long measuredNanos;
    private long requests;
    private long connectErrors;
    private long readErrors;
    private long statusErrors;
    private long timeouts;

    LoadResult(long measuredNanos) {
        this.measuredNanos = measuredNanos;
    }

    void onAnswer(long latencyNanos, boolean isMeasured, boolean isSuccess) {
        requests++;
        if (!isSuccess) {
            statusErrors++;
        }
        if (isMeasured) {
            latencies.recordValue(Math.max(0, Math.min(latencyNanos, LONGEST_NANOS)));
        }
    }

    void onConnectError() {
        connectErrors++;
    }

    void onReadError() {
        readErrors++;
    }

    /** @param unanswered requests that were due and have no answer at the end */
    void onDeadline(long unanswered) {
        timeouts += unanswered;
    }

    long errors() {
        return connectErrors + readErrors + statusErrors + timeouts;
    }

    /**
     * The line that the benchmark's script reads: recorded requests, their time, p50, p99, p99.9, maximum (all
     * microseconds), errors of connect, read, write, status and time-out, and the requests with the warm-up's.
     */
    String line() {
        return String.format(
                Locale.ROOT,
                "RESULT %d %d %d %d %d %d %d %d 0 %d %d %d",
                latencies.getTotalCount(),
                measuredNanos / 1_000,
                micros(50),
                micros(99),
                micros(99.9),
                micros(100),
                connectErrors,
                readErrors,
                statusErrors,
                timeouts,
                requests);
    }

    long micros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1_000;
    }
}
