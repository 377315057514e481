package dev.outrigger.exchange;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.PendingBody;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.MetaTrace;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.MessageCounts;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.route.Fallback;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.ToolCatalog;
import dev.outrigger.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/**
 * What the client says in one exchange: read while the body is held back, then noted in the record, and made into the {@link
 * Calls} that want answers.
 */
final class Question {
    private final Exchange exchange;
    private final ExchangeFactory factory;
    private final Worker worker;
    private final ExchangeRecord record;
    private final HttpRequest head;
    private final Route route;
    private Upstream upstream;
    private final Timeouts timeouts;
    private final Calls calls = new Calls();
    private final long maxBodyBytes;
    private @Nullable RequestScan scan;
    private @Nullable String cancelledId;
    private @Nullable Fallback fallback;
    private @Nullable Caching caching;
    private boolean settled;

    Question(
            Exchange exchange,
            ExchangeFactory factory,
            ExchangeRecord record,
            HttpRequest head,
            Route route,
            Upstream upstream,
            Timeouts timeouts,
            long maxBodyBytes) {
        this.exchange = exchange;
        this.factory = factory;
        this.worker = factory.worker();
        this.record = record;
        this.head = head;
        this.route = route;
        this.upstream = upstream;
        this.timeouts = timeouts;
        this.maxBodyBytes = maxBodyBytes;
    }

    Calls calls() {
        return calls;
    }

    /** It goes to another upstream than was thought. */
    void redirect(Upstream other) {
        upstream = other;
    }

    /** Under whose policies it falls. */
    Route route() {
        return route;
    }

    /** The call that the client wants no more, as JSON text; null if this is no such message. */
    @Nullable
    String cancelledId() {
        return cancelledId;
    }

    /** The body may hold a message: it is read from now on. */
    void read(long scanLimitBytes) {
        scan = new RequestScan(factory.scanners(), calls, route.tools(), this::toolOf, scanLimitBytes);
    }

    private String toolOf(McpFacts facts) {
        ToolCatalog catalog = upstream.tools();
        String label = worker.toolNames().resolve(facts.name(), facts.nameLength(), catalog.isKnown());
        boolean gone = catalog.isKnown() && !label.equals(ExchangeRecord.OTHER) && !catalog.contains(label);
        return gone ? worker.toolNames().fold() : label;
    }

    /** @return what is wrong with the body, or with a message that has been sent on already, as far as a policy cares */
    @Nullable
    Failure onContent(ByteBuf content, boolean last) {
        Failure tooLong = checkLength(record.requestBytes);
        RequestScan current = scan;
        if (current == null) {
            return tooLong;
        }
        current.feed(content, last);
        if (!settled || tooLong != null) {
            return tooLong;
        }
        Failure wrong = RequestChecks.check(route, head, current, record.modern);
        Call only = calls.only();
        if (only != null) {
            only.learnId(current.facts());
        }
        return wrong;
    }

    /** Whether as much is known of the request as there is to know before it goes on; the whole of it where answers are kept. */
    boolean isKnown() {
        RequestScan current = scan;
        return current == null || (current.isSettled() && (route.cache() == null || current.isWhole()));
    }

    boolean mayStillFindId() {
        return scan != null && scan.mayStillFindId();
    }

    @Nullable
    McpFacts facts() {
        return scan == null ? null : scan.facts();
    }

    /** Takes note of what the request says; without effect the second time. */
    void settle() {
        RequestScan current = scan;
        if (settled) {
            return;
        }
        settled = true;
        RecordFiller.fillEra(record, head, current == null ? null : current.facts());
        if (current != null) {
            current.settleCalls();
        }
        if (hidesTools()) {
            // What is compressed could not be read.
            head.headers().remove(HttpHeaderNames.ACCEPT_ENCODING);
        }
        if (current == null) {
            return;
        }
        McpFacts facts = current.facts();
        Call only = calls.only();
        RecordFiller.fillFromFacts(record, head, facts, only, worker, factory);
        if (only != null) {
            only.begin(exchange, factory, record);
            allow(only);
            fallback = fallbackOf(only, facts);
        } else if (calls.isBatch()) {
            record.operationsApart = true;
            calls.forEach(call -> call.beginApart(exchange, factory, record));
            calls.forEach(this::allow);
        }
        cancelledId = facts.method() == McpMethod.NOTIFICATIONS_CANCELLED
                ? facts.params().requestIdText()
                : null;
        MessageCounts counts = worker.metrics().messages(upstream.name());
        counts.clientRequests += current.requests();
        counts.clientNotifications += current.notifications();
        counts.clientResponses += current.responses();
    }

    private @Nullable Fallback fallbackOf(Call call, McpFacts facts) {
        Fallback offered = route.fallback();
        boolean isMeant = offered != null
                && call.isRequest()
                && call.method() == McpMethod.TOOLS_CALL
                && offered.isFor(facts.name(), facts.nameLength());
        return isMeant ? offered : null;
    }

    /** What its one call gets if it fails for such a reason; null: the failure. */
    @Nullable
    Fallback fallback(Reason reason) {
        return Fallback.covers(reason) ? fallback : null;
    }

    /** A batch gets the time of the element that may take longest. */
    private void allow(Call call) {
        long granted = call.timeoutNanos();
        if (granted > 0 && (calls.only() != null || granted > timeouts.timeoutNanos())) {
            timeouts.allow(granted);
        }
    }

    /** Whether its answer may list tools of which some are to be left out; a stream of a session may carry any answer. */
    boolean hidesTools() {
        return route.hidesDenied() && (calls.has(McpMethod.TOOLS_LIST) || McpRequests.asksForStream(head));
    }

    /** The messages of a gRPC call are not one body. */
    private @Nullable Failure checkLength(long bytes) {
        return maxBodyBytes > 0 && bytes > maxBodyBytes && !GrpcCall.isOne(head)
                ? Failure.of(Reason.REQUEST_TOO_LARGE, "a body of more than " + maxBodyBytes + " bytes")
                : null;
    }

    /** What is against the request; null if it may go on. */
    @Nullable
    Failure check() {
        Failure tooLong = maxBodyBytes > 0 ? checkLength(HttpUtil.getContentLength(head, 0L)) : null;
        if (tooLong != null) {
            return tooLong;
        }
        RequestScan current = scan;
        return current == null
                ? RequestChecks.checkForm(route, head)
                : RequestChecks.check(route, head, current, record.modern);
    }

    /** The breaker of the tool that is called; null if it has none of its own, and for batches. */
    @Nullable
    CircuitBreaker toolBreaker() {
        Call only = calls.only();
        McpFacts facts = facts();
        if (only == null || only.tool().isEmpty() || facts == null) {
            return null;
        }
        BreakerConfig config = route.tools().breaker(facts.name(), facts.nameLength());
        return config == null ? null : upstream.toolBreakers().of(only.tool(), config);
    }

    /** Whether it is several messages in one. */
    boolean isBatch() {
        return scan != null && scan.facts().isBatch();
    }

    /** Whether there may be messages in one that have not been seen: it is too long to know, or spoilt. */
    boolean mayHoldMore() {
        return isBatch()
                && scan != null
                && (!scan.facts().isOver() || scan.facts().kind() == McpFacts.Kind.INVALID);
    }

    /** Whether it is the client's part of a conversation that the server began: never limited, broken or retried. */
    boolean isResponse() {
        return scan != null && scan.facts().kind() == McpFacts.Kind.RESPONSE;
    }

    /** The cache of the route may have the answer. */
    void ask(Caching asked) {
        caching = asked;
    }

    /** Answers with what was said before, if there is anything and the failure is one that allows it. */
    boolean isAnsweredInstead(Failure failure) {
        return caching != null && caching.answersInstead(failure);
    }

    /** What keeps the answer; null if it is not to be kept, or is not asked for yet. */
    @Nullable
    CacheFill fill() {
        return caching == null ? null : caching.fill();
    }

    /** There will be no answer that could be kept; without effect if there was one. */
    void abandonFill() {
        endFill(Outcome.ERROR);
    }

    /** The exchange is over: {@link #abandonFill}, and whether because its client has left. */
    void endFill(Outcome outcome) {
        CacheFill fill = fill();
        if (fill == null) {
            return;
        }
        if (outcome == Outcome.CANCELLED) {
            fill.leave();
        } else {
            fill.abandon();
        }
    }

    /**
     * Writes the trace into the message too; nothing else of it changes, but the length that its head states.
     *
     * @param body holds the whole message; without effect if that is not over yet
     */
    void injectTrace(PendingBody body) {
        RequestScan current = scan;
        if (current == null || !record.isTraced() || !current.facts().isOver()) {
            return;
        }
        MetaTrace.Insertion insertion =
                MetaTrace.of(current.facts(), worker.traces().traceparent(record), record.traceState);
        if (insertion == null) {
            return;
        }
        body.insert(insertion.offset(), insertion.text());
        String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, Long.parseLong(length) + insertion.text().length);
        }
    }

    /** The request is whole and noted: what was read of it is not needed any more. May be called again. */
    void release() {
        if (scan != null) {
            scan.release();
            scan = null;
        }
    }
}
