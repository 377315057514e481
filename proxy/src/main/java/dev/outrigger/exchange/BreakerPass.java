package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange has with its upstream's breaker: a permit, given back once, whichever way the exchange ends. A breaker
 * counts on that; a permit that never came back would keep a half-open breaker waiting for ever.
 */
final class BreakerPass {
    private final ExchangeRecord record;
    private @Nullable CircuitBreaker breaker;
    private long permit = CircuitBreaker.REFUSED;

    BreakerPass(ExchangeRecord record) {
        this.record = record;
    }

    /** @return whether the call may go on */
    boolean enter(CircuitBreaker asked, long nowNanos) {
        breaker = asked;
        permit = asked.tryEnter(nowNanos);
        if (permit == CircuitBreaker.REFUSED) {
            record.breaker = BreakerMark.REJECTED;
            return false;
        }
        return true;
    }

    /** Tells how it went and gives the permit back; without effect if there is none. */
    void leave(Verdict verdict, long nowNanos) {
        CircuitBreaker entered = breaker;
        if (permit == CircuitBreaker.REFUSED || entered == null) {
            return;
        }
        entered.leave(permit, verdict, nowNanos);
        permit = CircuitBreaker.REFUSED;
        record.breaker = switch (verdict) {
            case SUCCESS -> BreakerMark.SUCCESS;
            case FAILURE -> BreakerMark.FAILURE;
            case IGNORED -> BreakerMark.NONE;
        };
    }

    /**
     * The exchange failed. A silence or a long stream that the client caused, or wanted, says nothing about the upstream.
     *
     * @param clientWaitedFor whether it was the client's turn to send or to take bytes
     */
    void leaveFailed(Reason reason, boolean clientWaitedFor, long nowNanos) {
        boolean clientsDoing = reason == Reason.MAX_DURATION || (reason == Reason.IDLE_TIMEOUT && clientWaitedFor);
        leave(reason.blamesUpstream() && !clientsDoing ? Verdict.FAILURE : Verdict.IGNORED, nowNanos);
    }

    /**
     * Passes judgement on what has happened so far, and on the rest anew. A stream may last for hours: its head is what a
     * breaker waits for, above all when the exchange is the probe of a half-open one.
     */
    void judgeSoFar(Verdict verdict, long nowNanos) {
        CircuitBreaker entered = breaker;
        if (permit == CircuitBreaker.REFUSED || entered == null) {
            return;
        }
        leave(verdict, nowNanos);
        if (entered.state() == CircuitBreaker.State.CLOSED) {
            // Not while it is half-open: the next probe's place is not for a stream that has had its own.
            permit = entered.tryEnter(nowNanos);
        }
    }

    /** How long until the breaker lets a probe through; 0 if it was not what refused. */
    long retryAfterNanos(long nowNanos) {
        CircuitBreaker asked = breaker;
        return asked == null ? 0 : asked.retryAfterNanos(nowNanos);
    }
}
