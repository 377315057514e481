package dev.outrigger.resilience;

/**
 * Counts the calls of one key against a rate, for any number of threads at once: an admission is one atomic step, so that what
 * all of them admit together is exact. Nothing blocks, throws or allocates.
 */
abstract sealed class Meter permits Gcra, SlidingWindow {
    /** When the table last heard of a use; written by any thread, and of no more worth than the last of them. */
    private volatile long touchedNanos;

    Meter(long nowNanos) {
        touchedNanos = nowNanos;
    }

    /**
     * Asks to make some calls, all or none.
     *
     * @param calls at least 1
     * @return 0 if they may be made; else after how many nanoseconds so many might be
     */
    abstract long take(int calls, long nowNanos);

    /** How many calls might be made at once now. */
    abstract int available(long nowNanos);

    /** Whether the last use that was noted is longer ago than {@code intervalNanos}; notes this one then. */
    boolean isDueForTouch(long intervalNanos, long nowNanos) {
        if (nowNanos - touchedNanos < intervalNanos) {
            return false;
        }
        touchedNanos = nowNanos;
        return true;
    }
}
