package dev.outrigger.resilience;

/**
 * How fast something answers, as a moving average that believes slow answers at once and fast ones only with time: who turns
 * slow is left alone before many have waited for it. It fades while nothing is heard, so that who was slow is tried again.
 *
 * <p>As finagle's and linkerd's peak EWMA, with linkerd's decay of 10 s. Belongs to one thread.
 */
public final class PeakLatency {
    static final double DECAY_NANOS = 10e9;
    /** What a failure counts as if it took less: who refuses fast is not fast. */
    static final long FAILURE_NANOS = 1_000_000_000;

    private double averageNanos;
    private long atNanos;
    private boolean known;

    /** An answer took so long. */
    public void onAnswer(long tookNanos, long nowNanos) {
        double faded = nanos(nowNanos);
        double weight = known ? fading(nowNanos) : 0;
        averageNanos = tookNanos > faded ? tookNanos : averageNanos * weight + tookNanos * (1 - weight);
        atNanos = nowNanos;
        known = true;
    }

    /** There was no answer after so long, or none that is worth anything. */
    public void onFailure(long tookNanos, long nowNanos) {
        onAnswer(Math.max(tookNanos, FAILURE_NANOS), nowNanos);
    }

    /** The average in nanoseconds; 0 before the first answer. */
    public double nanos(long nowNanos) {
        return known ? averageNanos * fading(nowNanos) : 0;
    }

    /** Whether there was an answer. */
    public boolean isKnown() {
        return known;
    }

    private double fading(long nowNanos) {
        return Math.exp(-Math.max(0, nowNanos - atNanos) / DECAY_NANOS);
    }
}
