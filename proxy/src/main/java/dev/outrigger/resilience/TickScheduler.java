package dev.outrigger.resilience;

/**
 * Runs something later on the loop that owns a {@link LoopTimers}; in production
 * {@code (tick, delay) -> eventLoop.schedule(tick, delay, NANOSECONDS)}.
 */
@FunctionalInterface
public interface TickScheduler {
    /** @param delayNanos not negative */
    void schedule(Runnable tick, long delayNanos);
}
