package dev.outrigger.telemetry;

import java.util.Arrays;

/**
 * The buckets of every duration histogram.
 *
 * <p>Classic: OpenTelemetry's boundaries for MCP operations (0.01 to 300 s), continued downwards, because a sidecar's tools
 * often answer in a few milliseconds. The family with OpenTelemetry's name gets exactly OpenTelemetry's boundaries, which are
 * the upper part of these.
 *
 * <p>Native: Prometheus' exponential buckets of schema 3, which grow by 2^(1/8) = 9 % each; bucket <i>i</i> ends at
 * 2^(<i>i</i>/8) seconds. They reach from a microsecond to the hour at which durations are clamped.
 */
final class DurationBuckets {
    static final int NATIVE_SCHEMA = 3;
    /** Index of the bucket that one microsecond falls into: ceil(8 · log2(1e-6)). */
    static final int NATIVE_FIRST = -159;
    /** Up to ceil(8 · log2(3600)) = 95. */
    static final int NATIVE_COUNT = 255;
    /** Where OpenTelemetry's boundaries begin. */
    static final int OTEL_FIRST = 3;

    private static final double[] CLASSIC_SECONDS = {
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, Double.POSITIVE_INFINITY
    };
    static final int CLASSIC_COUNT = CLASSIC_SECONDS.length;

    private static final double MICROS_PER_SECOND = 1e6;
    private static final long[] CLASSIC_MICROS = classicMicros();
    private static final long[] NATIVE_MICROS = nativeMicros();

    private DurationBuckets() {}

    /** Index of the classic bucket, the last one for more than 300 s. */
    static int classic(long micros) {
        return firstAtLeast(CLASSIC_MICROS, micros);
    }

    /** Position of the native bucket, to be added to {@link #NATIVE_FIRST}. */
    static int nativePosition(long micros) {
        return firstAtLeast(NATIVE_MICROS, micros);
    }

    /** Upper bounds in seconds from the given bucket on. */
    static double[] classicSeconds(int first) {
        return Arrays.copyOfRange(CLASSIC_SECONDS, first, CLASSIC_COUNT);
    }

    /** The last bound counts for everything that is longer. */
    private static int firstAtLeast(long[] bounds, long value) {
        int low = 0;
        int high = bounds.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long[] classicMicros() {
        long[] micros = new long[CLASSIC_COUNT];
        for (int i = 0; i < CLASSIC_COUNT - 1; i++) {
            micros[i] = Math.round(CLASSIC_SECONDS[i] * MICROS_PER_SECOND);
        }
        micros[CLASSIC_COUNT - 1] = Long.MAX_VALUE;
        return micros;
    }

    /** Whole microseconds are at most a bound exactly when they are at most its floor. */
    private static long[] nativeMicros() {
        long[] micros = new long[NATIVE_COUNT];
        for (int i = 0; i < NATIVE_COUNT; i++) {
            micros[i] = (long) Math.floor(Math.pow(2, (NATIVE_FIRST + i) / 8.0) * MICROS_PER_SECOND);
        }
        return micros;
    }
}
