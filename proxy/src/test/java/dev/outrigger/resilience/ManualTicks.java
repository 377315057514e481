package dev.outrigger.resilience;

import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Stands in for the loop's scheduler: runs what was scheduled exactly when a {@link ManualClock} gets there. */
public final class ManualTicks implements TickScheduler {
    private final ManualClock clock;
    private final List<Scheduled> pending = new ArrayList<>();
    private int scheduledEver;

    public ManualTicks(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public void schedule(Runnable tick, long delayNanos) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delay of " + delayNanos + " ns, expected 0 or more");
        }
        scheduledEver++;
        pending.add(new Scheduled(tick, clock.nanoTime() + delayNanos));
    }

    /** Moves the clock, stopping at everything that was scheduled for the time between. */
    public void advance(Duration duration) {
        long endNanos = clock.nanoTime() + duration.toNanos();
        while (true) {
            Scheduled next = pending.stream()
                    .min(Comparator.comparingLong(s -> s.atNanos - endNanos))
                    .orElse(null);
            if (next == null || next.atNanos - endNanos > 0) {
                break;
            }
            clock.advanceNanos(Math.max(0, next.atNanos - clock.nanoTime()));
            pending.remove(next);
            next.tick.run();
        }
        clock.advanceNanos(endNanos - clock.nanoTime());
    }

    /** Runs everything that is scheduled without waiting for its time, as a loop that wakes too early would. */
    public void runEarly() {
        List<Scheduled> early = List.copyOf(pending);
        pending.clear();
        early.forEach(s -> s.tick.run());
    }

    public int pending() {
        return pending.size();
    }

    public int scheduledEver() {
        return scheduledEver;
    }

    private record Scheduled(Runnable tick, long atNanos) {}
}
