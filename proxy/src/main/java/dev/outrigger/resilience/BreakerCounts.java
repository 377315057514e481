package dev.outrigger.resilience;

/**
 * The calls in a {@link BreakerWindow}.
 *
 * @param failures of the calls
 * @param slow of the calls
 */
public record BreakerCounts(int calls, int failures, int slow) {
    /** What is in a window. */
    public static BreakerCounts of(BreakerWindow window, long nowNanos) {
        long counts = window.counts(nowNanos);
        return new BreakerCounts(
                BreakerWindow.calls(counts), BreakerWindow.failures(counts), BreakerWindow.slow(counts));
    }

    /** From 0 to 1; 0 without calls. */
    public double failureRate() {
        return calls == 0 ? 0 : (double) failures / calls;
    }

    /** From 0 to 1; 0 without calls. */
    public double slowRate() {
        return calls == 0 ? 0 : (double) slow / calls;
    }
}
