package dev.outrigger.exchange;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.failure.Failure;
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
    private @Nullable RequestScan scan;
    private @Nullable String cancelledId;
    private @Nullable Fallback fallback;
    private boolean settled;

    Question(
            Exchange exchange,
            ExchangeFactory factory,
            ExchangeRecord record,
            HttpRequest head,
            Route route,
            Upstream upstream,
            Timeouts timeouts) {
        this.exchange = exchange;
        this.factory = factory;
        this.worker = factory.worker();
        this.record = record;
        this.head = head;
        this.route = route;
        this.upstream = upstream;
        this.timeouts = timeouts;
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

    /** @return what is wrong with a message that has been sent on already, as far as a policy cares */
    @Nullable
    Failure onContent(ByteBuf content, boolean last) {
        RequestScan current = scan;
        if (current == null) {
            return null;
        }
        current.feed(content, last);
        if (!settled) {
            return null;
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
        if (current == null) {
            return;
        }
        current.settleCalls();
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

    /** What a policy has against the request; null if it may go on. */
    @Nullable
    Failure check() {
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

    /** Whether it is the client's part of a conversation that the server began: never limited, broken or retried. */
    boolean isResponse() {
        return scan != null && scan.facts().kind() == McpFacts.Kind.RESPONSE;
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
