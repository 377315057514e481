package dev.outrigger.resilience;

import dev.outrigger.resilience.CircuitBreaker.State;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a {@link CircuitBreaker} that changes together, as one immutable value; each transition makes one of
 * the next generation.
 *
 * <p>What moves inside are the counts while closed. They live here and not in the breaker, so that a call that was admitted in
 * an earlier generation can only ever count there, where nobody looks any more.
 *
 * @param generation the permit of the calls that this phase admits
 * @param sinceNanos when the state was entered
 * @param forced by hand: it stays as it is, whatever calls say
 * @param probesUnderWay probes admitted that have not come back; 0 unless half-open
 * @param probesSucceeded probes of this phase that succeeded; 0 unless half-open
 * @param trips how often it has tripped without having recovered in between; 0 before the first time
 * @param chance drawn at the last of them, from 0 up to 1
 * @param failureCount failures since the last success
 * @param window the calls of the last while; null before the first one is counted, and where no rates are judged
 */
record BreakerPhase(
        State state,
        long generation,
        long sinceNanos,
        boolean forced,
        int probesUnderWay,
        int probesSucceeded,
        int trips,
        double chance,
        AtomicInteger failureCount,
        @Nullable BreakerWindow window) {

    static BreakerPhase first() {
        return new BreakerPhase(State.CLOSED, 0, 0, false, 0, 0, 0, 0, new AtomicInteger(), null);
    }

    int failures() {
        return failureCount.get();
    }

    /** @return the failures in a row, this one included */
    int countFailure() {
        return failureCount.incrementAndGet();
    }

    /** Writes only when there is something to forget: successes of all loops must not fight for one cache line. */
    void forgetFailures() {
        if (failureCount.get() != 0) {
            failureCount.set(0);
        }
    }

    /** Remembers how often it has tripped. */
    BreakerPhase closed(long nowNanos) {
        return next(State.CLOSED, false, 0, trips, chance, new AtomicInteger(), null, nowNanos);
    }

    /** Forgets everything. */
    BreakerPhase reset(long nowNanos) {
        return next(State.CLOSED, false, 0, 0, 0, new AtomicInteger(), null, nowNanos);
    }

    BreakerPhase forced(State held, long nowNanos) {
        return next(held, true, 0, 0, 0, new AtomicInteger(), null, nowNanos);
    }

    BreakerPhase opened(int failures, int newTrips, double newChance, long nowNanos) {
        return next(State.OPEN, false, 0, newTrips, newChance, new AtomicInteger(failures), window, nowNanos);
    }

    /** One probe more; the first one makes an open breaker half-open. */
    BreakerPhase withProbe(long nowNanos) {
        return state == State.OPEN
                ? next(State.HALF_OPEN, false, 1, trips, chance, failureCount, window, nowNanos)
                : withProbes(probesUnderWay + 1, probesSucceeded, failureCount);
    }

    BreakerPhase withProbeSucceeded() {
        return withProbes(probesUnderWay - 1, probesSucceeded + 1, new AtomicInteger());
    }

    BreakerPhase withProbeGivenBack() {
        return withProbes(probesUnderWay - 1, probesSucceeded, failureCount);
    }

    /** The same phase, which counts in another window. */
    BreakerPhase withWindow(@Nullable BreakerWindow other) {
        return new BreakerPhase(
                state,
                generation,
                sinceNanos,
                forced,
                probesUnderWay,
                probesSucceeded,
                trips,
                chance,
                failureCount,
                other);
    }

    private BreakerPhase withProbes(int underWay, int succeeded, AtomicInteger failures) {
        return new BreakerPhase(
                state, generation, sinceNanos, forced, underWay, succeeded, trips, chance, failures, window);
    }

    private BreakerPhase next(
            State nextState,
            boolean byHand,
            int probes,
            int newTrips,
            double newChance,
            AtomicInteger failures,
            @Nullable BreakerWindow kept,
            long nowNanos) {
        return new BreakerPhase(
                nextState, generation + 1, nowNanos, byHand, probes, 0, newTrips, newChance, failures, kept);
    }
}
