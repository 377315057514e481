package dev.outrigger.exchange;

import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.resilience.FailureRules;
import org.jspecify.annotations.Nullable;

/**
 * One breaker's leave for one call, given back once, whichever way the call ends. A breaker counts on that; a permit that never
 * came back would keep a half-open breaker waiting for ever.
 */
final class BreakerPermit {
    private @Nullable CircuitBreaker breaker;
    private long permit = CircuitBreaker.REFUSED;

    /** @return whether the call may go on */
    boolean enter(CircuitBreaker asked, long nowNanos) {
        breaker = asked;
        permit = asked.tryEnter(nowNanos);
        return isHeld();
    }

    /** Whether it was given, and not given back yet. */
    boolean isHeld() {
        return permit != CircuitBreaker.REFUSED;
    }

    /** What the breaker takes for a failure; null if none was asked. */
    @Nullable
    FailureRules failsOn() {
        CircuitBreaker asked = breaker;
        return asked == null ? null : asked.failsOn();
    }

    /** Gives the permit back, if it is held. */
    void leave(Verdict verdict, long durationNanos, long nowNanos) {
        CircuitBreaker entered = breaker;
        if (isHeld() && entered != null) {
            entered.leave(permit, verdict, durationNanos, nowNanos);
            permit = CircuitBreaker.REFUSED;
        }
    }

    /**
     * The call goes on, and was a success so far.
     *
     * @param isAwaited whether the answer itself is still to come, so that it is too early to forget failures in a row
     */
    void leaveHalfway(boolean isAwaited, long nowNanos) {
        CircuitBreaker entered = breaker;
        boolean isEarly = entered != null && isAwaited && entered.state() == CircuitBreaker.State.CLOSED;
        if (isHeld() && entered != null && !isEarly) {
            permit = entered.leaveHalfway(permit, nowNanos);
        }
    }

    /** How long until the breaker lets a probe through; 0 if it is not open. */
    long retryAfterNanos(long nowNanos) {
        CircuitBreaker asked = breaker;
        return asked == null ? 0 : asked.retryAfterNanos(nowNanos);
    }
}
