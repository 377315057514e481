package dev.outrigger.route;

/**
 * When a request that takes long is sent a second time beside the first.
 *
 * @param afterNanos of waiting for the head of the answer; 0: as long as 95 of 100 of its kind take
 */
public record HedgeRule(long afterNanos) {
    /** Whether it depends on how long other requests took. */
    public boolean isObserved() {
        return afterNanos == 0;
    }
}
