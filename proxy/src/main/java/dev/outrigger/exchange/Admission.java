package dev.outrigger.exchange;

import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.ConcurrencyLimiter.Ending;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.OverloadGuard;
import dev.outrigger.resilience.RateLimiter;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
import io.netty.handler.codec.http.HttpRequest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange has with the limits of its tools, its route and its upstream: which there are, what it counts as, and for
 * whom.
 *
 * <p>Made only for exchanges that something limits.
 */
final class Admission {
    /** A memory or a processor that is used up is not free again sooner. */
    private static final long SHED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Exchange exchange;
    private final Worker worker;
    private final ExchangeRecord record;
    private final HttpRequest head;
    private final ClientInfo client;
    private final Route route;
    private final Question question;
    private final Routed routed;
    private final Limiters limiters;

    private @Nullable ConcurrencyLimiter ofUpstream;
    private @Nullable RateLimiter refusedBy;
    private @Nullable Places places;

    private Admission(
            Exchange exchange,
            Worker worker,
            ExchangeRecord record,
            HttpRequest head,
            ClientInfo client,
            Routed routed,
            Limiters limiters) {
        this.exchange = exchange;
        this.worker = worker;
        this.record = record;
        this.head = head;
        this.client = client;
        this.question = routed.question();
        this.route = question.route();
        this.routed = routed;
        this.limiters = limiters;
        this.ofUpstream = limiters.ofUpstream(routed.upstream().name());
    }

    /** @return null if nothing limits such a request */
    static @Nullable Admission of(
            Exchange exchange,
            Worker worker,
            Snapshot snapshot,
            ExchangeRecord record,
            HttpRequest head,
            ClientInfo client,
            Routed routed) {
        Route route = routed.question().route();
        Limiters limiters = snapshot.limiters();
        boolean limited = limiters.guard().isShedding()
                || route.rateLimiter() != null
                || route.concurrencyLimiter() != null
                || route.tools().limitsAny()
                || limiters.ofUpstream(routed.upstream().name()) != null;
        return limited ? new Admission(exchange, worker, record, head, client, routed, limiters) : null;
    }

    /**
     * What an exchange that goes to another upstream after all has with limits. It gives the places of the one before back, which
     * has got nothing of it, and has those of the other one to take.
     *
     * @param before null if nothing limited it so far
     * @param routed to the other upstream
     */
    static @Nullable Admission moved(
            @Nullable Admission before,
            Exchange exchange,
            Worker worker,
            Snapshot snapshot,
            ExchangeRecord record,
            HttpRequest head,
            ClientInfo client,
            Routed routed) {
        if (before == null) {
            return of(exchange, worker, snapshot, record, head, client, routed);
        }
        if (before.places != null && before.ofUpstream != null) {
            before.places.giveBackLast();
        }
        before.ofUpstream = before.limiters.ofUpstream(routed.upstream().name());
        return before;
    }

    // ---- in a time

    /**
     * Takes its calls from all rates.
     *
     * @return null if it may go on
     */
    @Nullable
    Failure enterRate(long nowNanos) {
        int calls = calls();
        if (calls == 0) {
            return null;
        }
        OverloadGuard guard = limiters.guard();
        if (guard.isShedding()) {
            guard.onShed();
            return Failure.retryLater(Reason.SHED, SHED_NANOS);
        }
        LimitKeys keys = new LimitKeys(head.headers(), client, record, routed.upstream());
        long[] wait = {0};
        question.calls().forEach(call -> {
            RateLimiter ofTool = call.rateLimiter();
            if (ofTool != null && wait[0] == 0) {
                wait[0] = take(ofTool, keys.of(ofTool.config().key(), call.tool()), 1, nowNanos);
            }
        });
        RateLimiter ofRoute = route.rateLimiter();
        if (ofRoute != null && wait[0] == 0) {
            wait[0] = ofRoute.config().key() == RateLimitConfig.Key.TOOL
                    ? takeByTool(ofRoute, keys, nowNanos)
                    : take(ofRoute, keys.of(ofRoute.config().key(), null), calls, nowNanos);
        }
        return wait[0] == 0 ? null : Failure.retryLater(Reason.RATE_LIMITED, wait[0]);
    }

    private long takeByTool(RateLimiter limiter, LimitKeys keys, long nowNanos) {
        long[] wait = {0};
        question.calls().forEach(call -> {
            if (wait[0] == 0) {
                wait[0] = take(limiter, keys.of(RateLimitConfig.Key.TOOL, call.tool()), 1, nowNanos);
            }
        });
        return wait[0];
    }

    private long take(RateLimiter limiter, @Nullable Object key, int calls, long nowNanos) {
        long wait = key == null ? 0 : limiter.take(key, calls, nowNanos);
        if (wait != 0) {
            refusedBy = limiter;
        }
        return wait;
    }

    /** The rate that has refused; null if none has. */
    @Nullable
    RateLimiter refusedBy() {
        return refusedBy;
    }

    /**
     * How many calls it counts as: a request that is no message is one; an answer to the server and a cancellation are none; a batch
     * that could not be looked through as many as it can hold.
     */
    private int calls() {
        if (question.isResponse()) {
            return 0;
        }
        if (question.mayHoldMore()) {
            return McpScanner.MAX_ELEMENTS;
        }
        Calls calls = question.calls();
        if (calls.isEmpty()) {
            return question.isBatch() ? 0 : 1;
        }
        int[] count = {0};
        calls.forEach(call -> count[0] += call.method() == McpMethod.NOTIFICATIONS_CANCELLED ? 0 : 1);
        return count[0];
    }

    // ---- at once

    /**
     * Takes its places, and has the exchange go on, or wait, or fail. After a wait it does so later, on this loop and not within
     * this call.
     */
    void enterPlaces(long nowNanos) {
        int calls = McpRequests.asksForStream(head) || listens() ? 0 : calls();
        if (calls == 0) {
            exchange.send();
            return;
        }
        Places wanted = places == null ? wanted(calls) : places;
        wanted.add(ofUpstream, calls);
        places = wanted;
        if (wanted.enter(nowNanos)) {
            exchange.send();
        } else if (wanted.refusal() != null) {
            exchange.fail(wanted.refusal());
        } else {
            exchange.hold();
        }
    }

    private Places wanted(int calls) {
        Places wanted = new Places(worker, routed.timeouts(), this::onPlaces);
        question.calls().forEach(call -> wanted.add(call.concurrencyLimiter(), 1));
        wanted.add(route.concurrencyLimiter(), calls);
        return wanted;
    }

    private void onPlaces(@Nullable Failure wrong) {
        if (wrong == null) {
            exchange.send();
        } else {
            exchange.fail(wrong);
        }
    }

    /** A subscription lasts as long as the client likes. */
    private boolean listens() {
        Call only = question.calls().only();
        return only != null && only.method() == McpMethod.SUBSCRIPTIONS_LISTEN;
    }

    /**
     * Gives its places back, or leaves the line; without effect the second time.
     *
     * @param admission null if nothing limits the exchange
     * @param outcome how the exchange ended
     */
    static void leave(@Nullable Admission admission, Outcome outcome, long nowNanos) {
        if (admission != null && admission.places != null) {
            admission.places.leave(admission.ending(outcome), nowNanos);
        }
    }

    /** What fails at once, because of a breaker or for want of a connection, would make what is answered seem slow. */
    private Ending ending(Outcome outcome) {
        return switch (outcome) {
            case SUCCESS, ERROR -> record.headNanos == 0 ? Ending.UNHEARD : Ending.ANSWERED;
            case TIMEOUT -> record.attempts == 0 ? Ending.UNHEARD : Ending.LATE;
            case REJECTED, CANCELLED -> Ending.UNHEARD;
        };
    }
}
