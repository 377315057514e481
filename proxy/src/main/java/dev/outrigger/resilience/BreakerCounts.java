package dev.outrigger.resilience;

/**
 * The calls in the window of a breaker's rates.
 *
 * @param failures of the calls
 * @param slow of the calls
 */
public record BreakerCounts(int calls, int failures, int slow) {
    /** From 0 to 1; 0 without calls. */
    public double failureRate() {
        return calls == 0 ? 0 : (double) failures / calls;
    }

    /** From 0 to 1; 0 without calls. */
    public double slowRate() {
        return calls == 0 ? 0 : (double) slow / calls;
    }
}
