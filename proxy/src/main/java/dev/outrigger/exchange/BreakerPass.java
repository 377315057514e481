package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.StreamKind;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.resilience.FailureRules;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange has with the breakers in its way: its upstream's, and that of its tool if there is one. Each judges by its
 * own rules; what the upstream's is told stands in the record.
 */
final class BreakerPass {
    private final ExchangeRecord record;
    private final BreakerPermit ofUpstream = new BreakerPermit();
    private @Nullable BreakerPermit ofTool;
    private @Nullable Upstream called;
    private @Nullable Endpoint endpoint;
    private @Nullable TrafficShift shift;
    private long enteredNanos;

    BreakerPass(ExchangeRecord record) {
        this.record = record;
    }

    /** A shift is told of the call as well, with what the upstream's breaker is told; null for none. */
    void watch(@Nullable TrafficShift watching) {
        shift = watching;
    }

    /**
     * Asks both.
     *
     * @param tool the tool's breaker; null without
     * @return whether the call may go on
     */
    boolean enter(CircuitBreaker upstream, @Nullable CircuitBreaker tool, long nowNanos) {
        enteredNanos = nowNanos;
        ofTool = null;
        if (tool != null) {
            BreakerPermit asked = new BreakerPermit();
            ofTool = asked;
            if (!asked.enter(tool, nowNanos)) {
                return false;
            }
        }
        if (ofUpstream.enter(upstream, nowNanos)) {
            return true;
        }
        record.breaker = BreakerMark.REJECTED;
        if (ofTool != null) {
            ofTool.leave(Verdict.IGNORED, 0, nowNanos);
        }
        return false;
    }

    /** Where the call goes: an upstream that has others does not fail with that one alone. */
    void at(Upstream upstream, Endpoint chosen) {
        called = upstream;
        endpoint = chosen;
    }

    private boolean isElsewhereFine() {
        return called != null && endpoint != null && !called.failsWith(endpoint);
    }

    /** Tells both how it went, whatever time it took. Without effect on one that was told before. */
    void leave(Verdict verdict, long nowNanos) {
        leaveUpstream(verdict, 0, nowNanos);
        if (ofTool != null) {
            ofTool.leave(verdict, 0, nowNanos);
        }
    }

    private void leaveUpstream(Verdict judged, long durationNanos, long nowNanos) {
        if (!ofUpstream.isHeld()) {
            return;
        }
        Verdict verdict = judged == Verdict.FAILURE && isElsewhereFine() ? Verdict.IGNORED : judged;
        ofUpstream.leave(verdict, durationNanos, nowNanos);
        if (shift != null && judged != Verdict.IGNORED) {
            shift.onCall(judged == Verdict.FAILURE, durationNanos, nowNanos);
        }
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
        long durationNanos = timed ? answerNanos(nowNanos) : 0;
        leaveUpstream(verdict(ofUpstream, broken, calls), durationNanos, nowNanos);
        if (ofTool != null) {
            ofTool.leave(verdict(ofTool, broken, calls), durationNanos, nowNanos);
        }
    }

    private Verdict verdict(BreakerPermit permit, boolean broken, Calls calls) {
        FailureRules rules = permit.failsOn();
        return broken || (rules != null && isFailure(rules, calls)) ? Verdict.FAILURE : Verdict.SUCCESS;
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
     * Passes judgement on the head of a stream, and on the rest anew. A stream may last for hours: its head is what an
     * upstream's breaker waits for, above all when the exchange is the probe of a half-open one. A tool's breaker waits for the
     * answer of the tool, which does not take for ever.
     */
    void judgeHead(long nowNanos) {
        FailureRules rules = ofUpstream.failsOn();
        if (!ofUpstream.isHeld() || rules == null) {
            return;
        }
        if (rules.failsOnStatus(record.status)) {
            leave(Verdict.FAILURE, nowNanos);
            return;
        }
        ofUpstream.leaveHalfway(record.stream == StreamKind.CALL, nowNanos);
        record.breaker = BreakerMark.SUCCESS;
    }

    /** How long until the breakers let a probe through; 0 if they were not what refused. */
    long retryAfterNanos(long nowNanos) {
        long toolNanos = ofTool == null ? 0 : ofTool.retryAfterNanos(nowNanos);
        return Math.max(toolNanos, ofUpstream.retryAfterNanos(nowNanos));
    }
}
