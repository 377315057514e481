package dev.outrigger.resilience;

/**
 * How long most calls of one kind take, of late: a histogram whose counts are halved now and then.
 *
 * <p>Eight buckets to each doubling, so that what it tells is at most an eighth too long, in fixed memory. Halving makes the
 * past fade: after a change of pace the new one prevails within some thousand calls.
 *
 * <p>Belongs to one loop; allocates nothing once made.
 */
public final class LatencyQuantile {
    /** Fewer calls tell nothing about one in twenty. */
    static final int MIN_CALLS = 32;
    /** After so many calls all counts are halved. */
    static final int MAX_CALLS = 2000;

    /** After so many calls it is worked out anew, which takes longer than to read what was. */
    static final int REFRESH_CALLS = 16;

    private static final double QUANTILE = 0.95;
    /** Durations are counted in units of 1024 ns. */
    private static final int UNIT_SHIFT = 10;
    /** log2 of the buckets to each doubling. */
    private static final int FINE_BITS = 3;
    /** Up to 2^40 units, which is longer than any timeout. */
    private static final int OCTAVES = 40;

    private final int[] counts = new int[OCTAVES << FINE_BITS];
    private int calls;
    private long quantileNanos;

    /** A call took so long. */
    public void record(long nanos) {
        counts[bucket(nanos)]++;
        if (++calls == MAX_CALLS) {
            halve();
        }
        if (calls >= MIN_CALLS && calls % REFRESH_CALLS == 0) {
            quantileNanos = quantile();
        }
    }

    private void halve() {
        calls = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] >>= 1;
            calls += counts[i];
        }
    }

    /** As long as 95 of 100 calls take at most, in nanoseconds; 0 as long as too few were seen. */
    public long nanos() {
        return quantileNanos;
    }

    private long quantile() {
        long wanted = (long) Math.ceil(QUANTILE * calls);
        int bucket = -1;
        for (long seen = 0; seen < wanted; ) {
            seen += counts[++bucket];
        }
        return upperNanos(bucket);
    }

    /** The exponent, then the bits that follow the leading one. */
    private static int bucket(long nanos) {
        long units = Math.max(nanos >> UNIT_SHIFT, 0) + (1L << FINE_BITS);
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(units);
        int fine = (int) (units >> exponent - FINE_BITS) & (1 << FINE_BITS) - 1;
        return Math.min((exponent - FINE_BITS << FINE_BITS) + fine, (OCTAVES << FINE_BITS) - 1);
    }

    /** Where the next bucket begins. */
    private static long upperNanos(int bucket) {
        int exponent = (bucket >> FINE_BITS) + FINE_BITS;
        long mantissa = (1L << FINE_BITS) + (bucket & (1 << FINE_BITS) - 1) + 1;
        long units = (mantissa << exponent - FINE_BITS) - (1L << FINE_BITS);
        return units << UNIT_SHIFT;
    }
}
