package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.StreamKind;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.resilience.FailureRules;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange has with its upstream's breaker: a permit, given back once, whichever way the exchange ends. A breaker
 * counts on that; a permit that never came back would keep a half-open breaker waiting for ever.
 */
final class BreakerPass {
    private final ExchangeRecord record;
    private @Nullable CircuitBreaker breaker;
    private long permit = CircuitBreaker.REFUSED;
    private long enteredNanos;

    BreakerPass(ExchangeRecord record) {
        this.record = record;
    }

    /** @return whether the call may go on */
    boolean enter(CircuitBreaker asked, long nowNanos) {
        breaker = asked;
        permit = asked.tryEnter(nowNanos);
        enteredNanos = nowNanos;
        if (permit == CircuitBreaker.REFUSED) {
            record.breaker = BreakerMark.REJECTED;
            return false;
        }
        return true;
    }

    /** Tells how it went, whatever time it took, and gives the permit back; without effect if there is none. */
    void leave(Verdict verdict, long nowNanos) {
        leave(verdict, 0, nowNanos);
    }

    private void leave(Verdict verdict, long durationNanos, long nowNanos) {
        CircuitBreaker entered = breaker;
        if (permit == CircuitBreaker.REFUSED || entered == null) {
            return;
        }
        entered.leave(permit, verdict, durationNanos, nowNanos);
        permit = CircuitBreaker.REFUSED;
        record.breaker = switch (verdict) {
            case SUCCESS -> BreakerMark.SUCCESS;
            case FAILURE -> BreakerMark.FAILURE;
            case IGNORED -> BreakerMark.NONE;
        };
    }

    /**
     * The answer is complete; what it says is in the record and the calls.
     *
     * @param broken whether it is no proper answer, whatever it says
     * @param timed whether the upstream alone had to do with how long it took
     */
    void leaveAnswered(boolean broken, Calls calls, boolean timed, long nowNanos) {
        CircuitBreaker entered = breaker;
        if (entered != null) {
            boolean failed = broken || isFailure(entered.failsOn(), calls);
            leave(failed ? Verdict.FAILURE : Verdict.SUCCESS, timed ? answerNanos(nowNanos) : 0, nowNanos);
        }
    }

    private boolean isFailure(FailureRules rules, Calls calls) {
        return rules.failsOnStatus(record.status)
                || (record.grpcStatus != null && record.grpcStatus.blamesUpstream())
                || calls.anyFails(rules);
    }

    /** A call that is answered by an event stream is over when that ends, anything else is as fast as its head. */
    private long answerNanos(long nowNanos) {
        long untilNanos = record.stream == StreamKind.CALL || record.headNanos == 0 ? nowNanos : record.headNanos;
        return untilNanos - enteredNanos;
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
     * Passes judgement on the head of a stream, and on the rest anew. A stream may last for hours: its head is what a breaker
     * waits for, above all when the exchange is the probe of a half-open one.
     */
    void judgeHead(long nowNanos) {
        CircuitBreaker entered = breaker;
        if (permit == CircuitBreaker.REFUSED || entered == null) {
            return;
        }
        if (entered.failsOn().failsOnStatus(record.status)) {
            leave(Verdict.FAILURE, nowNanos);
        } else {
            permit = entered.leaveHalfway(permit, nowNanos);
            record.breaker = BreakerMark.SUCCESS;
        }
    }

    /** How long until the breaker lets a probe through; 0 if it was not what refused. */
    long retryAfterNanos(long nowNanos) {
        CircuitBreaker asked = breaker;
        return asked == null ? 0 : asked.retryAfterNanos(nowNanos);
    }
}
