package dev.outrigger.app;

import java.util.EnumMap;
import java.util.Map;

/** When one fault began and ended, by this process's {@link System#nanoTime}. */
final class FaultTimes {
    private final Fault fault;
    private final Map<FaultLayout, Long> healedNanos = new EnumMap<>(FaultLayout.class);
    private long injectedNanos;
    private long outNanos;
    private long healingNanos;

    FaultTimes(Fault fault) {
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }

    /** Before anything goes wrong. */
    void injecting() {
        injectedNanos = System.nanoTime();
    }

    /** Where there are others to ask, nobody asks the one that fails any more. */
    void out() {
        outNanos = System.nanoTime();
    }

    /** Before anything is put right. */
    void healing() {
        healingNanos = System.nanoTime();
    }

    /** The servers of a layout are right again. */
    void healed(FaultLayout layout) {
        healedNanos.put(layout, System.nanoTime());
    }

    long injectedNanos() {
        return injectedNanos;
    }

    long outNanos() {
        return outNanos;
    }

    long healingNanos() {
        return healingNanos;
    }

    long healedNanos(FaultLayout layout) {
        return healedNanos.get(layout);
    }
}
