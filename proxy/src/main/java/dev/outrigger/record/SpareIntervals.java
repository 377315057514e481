package dev.outrigger.record;

import java.util.ArrayDeque;
import java.util.Collection;

/** One loop's empty intervals, which come back from the sampler. */
final class SpareIntervals {
    /** Kept beyond those that the last hand-over needed. */
    private static final int SPARES = 16;

    private final ArrayDeque<Interval> empties = new ArrayDeque<>();

    Interval take() {
        Interval spare = empties.poll();
        return spare == null ? new Interval() : spare;
    }

    /**
     * Takes intervals back.
     *
     * @param used how many the last hand-over needed; after a burst the memory of the others goes back
     */
    void refill(Collection<Interval> emptied, int used) {
        empties.addAll(emptied);
        while (empties.size() > used + SPARES) {
            empties.poll();
        }
    }
}
