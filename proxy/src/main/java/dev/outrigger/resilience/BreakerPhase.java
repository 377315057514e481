package dev.outrigger.resilience;

import dev.outrigger.resilience.CircuitBreaker.State;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Everything about a {@link CircuitBreaker} that changes together, as one immutable value; each transition makes one of
 * the next generation.
 *
 * <p>The one thing that moves inside is the count of failures while closed. It lives here and not in the breaker, so that
 * a failure that was admitted in an earlier generation can only ever count there, where nobody looks any more.
 *
 * @param generation the permit of the calls that this phase admits
 * @param sinceNanos when the state was entered
 * @param probesUnderWay probes admitted that have not come back; 0 unless half-open
 * @param probesSucceeded probes of this phase that succeeded; 0 unless half-open
 * @param failureCount failures since the last success
 */
record BreakerPhase(
        State state,
        long generation,
        long sinceNanos,
        int probesUnderWay,
        int probesSucceeded,
        AtomicInteger failureCount) {

    static BreakerPhase first() {
        return new BreakerPhase(State.CLOSED, 0, 0, 0, 0, new AtomicInteger());
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

    BreakerPhase closed(long nowNanos) {
        return new BreakerPhase(State.CLOSED, generation + 1, nowNanos, 0, 0, new AtomicInteger());
    }

    BreakerPhase opened(int failures, long nowNanos) {
        return new BreakerPhase(State.OPEN, generation + 1, nowNanos, 0, 0, new AtomicInteger(failures));
    }

    /** One probe more; the first one makes an open breaker half-open. */
    BreakerPhase withProbe(long nowNanos) {
        return state == State.OPEN
                ? new BreakerPhase(State.HALF_OPEN, generation + 1, nowNanos, 1, 0, failureCount)
                : new BreakerPhase(state, generation, sinceNanos, probesUnderWay + 1, probesSucceeded, failureCount);
    }

    BreakerPhase withProbeSucceeded() {
        return new BreakerPhase(
                state, generation, sinceNanos, probesUnderWay - 1, probesSucceeded + 1, new AtomicInteger());
    }

    BreakerPhase withProbeGivenBack() {
        return new BreakerPhase(state, generation, sinceNanos, probesUnderWay - 1, probesSucceeded, failureCount);
    }
}
