package dev.outrigger.exchange;

import dev.outrigger.http.PendingBody;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.RetryReason;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.LatencyQuantile;
import dev.outrigger.resilience.RetryPolicy;
import dev.outrigger.route.HedgeRule;
import dev.outrigger.route.RetryRules;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Whether, and when, the request of one exchange may be sent once more.
 *
 * <p>What the upstream has got nothing of may always be; anything else only if a second time changes nothing: by its method,
 * or because the operator says so of the tool. The budget is asked last, so that it pays for no attempt that there is not.
 */
final class Replays {
    /** There may be no other attempt. */
    static final long NONE = -1;
    /** What is kept of a request that may be refused, or never sent; as much as linkerd keeps to replay it. */
    private static final long REFUSABLE_BYTES = 64 * 1024;
    /** What is kept of a call that is written down if nobody answers it. */
    private static final long LETTER_BYTES = 1 << 20;

    private final Worker worker;
    private final ExchangeRecord record;
    private final PendingBody pending;
    private final Upstream upstream;
    private final Timeouts timeouts;
    private final RetryPolicy policy;
    private final boolean safe;
    private final boolean letter;
    private final @Nullable LatencyQuantile latency;
    private final long hedgeNanos;
    private int pauses;

    Replays(Worker worker, ExchangeRecord record, PendingBody pending, Routed routed, HttpRequest head) {
        RetryRules rules = routed.question().route().retry();
        this.worker = worker;
        this.record = record;
        this.pending = pending;
        this.upstream = routed.upstream();
        this.timeouts = routed.timeouts();
        this.policy = rules.policy();
        this.safe = policy.repeats() && isSafe(rules, head, routed);
        Call only = routed.question().calls().only();
        this.letter = only != null && only.isKept();
        boolean free = safe && !routed.conversation().affinity().isPinned() && !McpRequests.asksForStream(head);
        HedgeRule hedge = free ? rules.hedge() : null;
        this.latency = hedge != null && hedge.isObserved() ? latency() : null;
        this.hedgeNanos = latency != null ? latency.nanos() : hedge != null ? hedge.afterNanos() : 0;
    }

    private LatencyQuantile latency() {
        String operation = !record.tool.isEmpty() ? record.tool : record.mcpMethod;
        return worker.latencies().of(record.route, operation.isEmpty() ? record.httpMethod : operation);
    }

    private static boolean isSafe(RetryRules rules, HttpRequest head, Routed routed) {
        if (!McpRequests.mayBeMcp(head)) {
            HttpMethod method = head.method();
            boolean reads = method.equals(HttpMethod.GET)
                    || method.equals(HttpMethod.HEAD)
                    || method.equals(HttpMethod.OPTIONS);
            return reads && !head.headers().contains(HttpHeaderNames.UPGRADE);
        }
        McpFacts facts = routed.question().facts();
        Call only = routed.question().calls().only();
        if (facts == null || only == null || facts.kind() != McpFacts.Kind.REQUEST) {
            return false;
        }
        // Where the answer comes on another stream, a second one would come there too.
        if (routed.conversation().isAnsweredElsewhere()) {
            return false;
        }
        if (only.method() != McpMethod.TOOLS_CALL) {
            return only.method().isSafe();
        }
        int hints = rules.trustsAnnotations() && !only.tool().equals(ExchangeRecord.OTHER)
                ? routed.upstream().tools().hints(only.tool())
                : 0;
        return facts.nameLength() > 0
                && !facts.isNameOverlong()
                && rules.mayCallTwice(facts.name(), facts.nameLength(), hints);
    }

    RetryPolicy policy() {
        return policy;
    }

    /** How much of a body has to be kept until it is known that the upstream has got some of it, and does not refuse it. */
    long keepBytes() {
        return Math.max(letter ? LETTER_BYTES : REFUSABLE_BYTES, safe ? policy.maxBodyBytes() : 0);
    }

    /** Whether it is of use after that. */
    boolean keepsWhatWasSent() {
        return letter || isRepeatable();
    }

    /** After so many nanoseconds another attempt is made beside the first; 0: never. */
    long hedgeNanos() {
        return hedgeNanos;
    }

    /** The answer to a first attempt has come, with or without another beside it. */
    void answered(long tookNanos) {
        if (latency != null) {
            latency.record(tookNanos);
        }
    }

    /** Asks for an attempt beside the one that is under way, which is taken from the budget. */
    boolean askBeside(long nowNanos) {
        return pending.isEnded()
                && mayRepeat()
                && upstream.breaker().state() == CircuitBreaker.State.CLOSED
                && withdraw(nowNanos);
    }

    private boolean withdraw(long nowNanos) {
        boolean granted = upstream.retries().tryRetry(policy.budget(), nowNanos);
        if (!granted) {
            worker.metrics().upstream(upstream.name()).retryBudgetExhausted++;
        }
        return granted;
    }

    /** Whether another attempt may follow this one, if the upstream had it. */
    boolean mayRepeat() {
        return isRepeatable() && hasAttempts();
    }

    private boolean isRepeatable() {
        return safe && pending.bytes() <= policy.maxBodyBytes();
    }

    private boolean hasAttempts() {
        return record.attempts < policy.attempts() && pending.isWhole();
    }

    /** Whether it is worth looking for an endpoint to try: to look may use up the one try of an endpoint that was put out. */
    boolean mayFollow(RetryReason why) {
        // A breaker that has opened since is heard; a probe of a half-open one speaks for itself.
        return upstream.breaker().state() == CircuitBreaker.State.CLOSED && hasAttempts() && isAllowed(why, true);
    }

    /**
     * Asks for another attempt, which is taken from the budget.
     *
     * @param elsewhere whether it will go to another endpoint
     * @param askedNanos the pause that the upstream asks for; 0 if it does not
     * @param requestEnded whether all of the request is here
     * @return nanoseconds to wait before; {@link #NONE} if there may be none
     */
    long ask(RetryReason why, boolean elsewhere, long askedNanos, boolean requestEnded, long nowNanos) {
        if (!mayFollow(why) || !isAllowed(why, elsewhere)) {
            return NONE;
        }
        long pauseNanos = isAtOnce(why, elsewhere)
                ? askedNanos
                : Math.max(askedNanos, policy.pauseNanos(pauses, worker.random()));
        boolean tooLate = nowNanos + pauseNanos - timeouts.answerByNanos() >= 0;
        if (tooLate || (pauseNanos > 0 && !requestEnded) || !withdraw(nowNanos)) {
            return NONE;
        }
        pauses += pauseNanos > 0 ? 1 : 0;
        return pauseNanos;
    }

    private boolean isAllowed(RetryReason why, boolean elsewhere) {
        return switch (why) {
            case UNSENT, REFUSED_STREAM -> true;
            // The same endpoint may be there again after a pause, for which the operator has to have asked.
            case CONNECT -> elsewhere || policy.repeats();
            case CLOSED, INVALID_RESPONSE, STATUS, TRY_TIMEOUT -> isRepeatable();
            case HEDGE, OTHER -> false;
        };
    }

    private boolean isAtOnce(RetryReason why, boolean elsewhere) {
        boolean first = record.attempts == 1 || !policy.repeats();
        return first && (elsewhere || why == RetryReason.UNSENT || why == RetryReason.REFUSED_STREAM);
    }
}
