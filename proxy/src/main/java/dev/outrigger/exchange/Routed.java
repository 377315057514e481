package dev.outrigger.exchange;

import dev.outrigger.cache.ResponseStore;
import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.Intercepted;
import dev.outrigger.http.RequestTarget;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.CachePolicy;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.Interception;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An exchange with a route, and what it can have only then. Made together, so that one of them is never there without the rest.
 *
 * @param upstream where it goes, as far as is known
 * @param destination null if it can go nowhere else
 */
record Routed(
        Upstream upstream,
        Timeouts timeouts,
        Deadlines deadlines,
        Question question,
        Conversation conversation,
        @Nullable Destination destination) {

    /**
     * Finds where a request belongs by its head.
     *
     * @param record is told the route
     * @param client by whose connection it came
     * @param maxBodyBytes 0: any
     * @param onTimeout told when a deadline passes
     * @return null without a route, or if the connection was redirected and nothing is any more
     */
    static @Nullable Routed find(
            Exchange exchange,
            ExchangeFactory factory,
            Snapshot snapshot,
            ExchangeRecord record,
            HttpRequest head,
            ClientInfo client,
            long maxBodyBytes,
            Consumer<Reason> onTimeout) {
        // The target of a CONNECT is no path.
        String target = head.method().equals(HttpMethod.CONNECT) ? "/" : RequestTarget.originForm(head.uri());
        Intercepted intercepted = client.intercepted();
        Interception.Way way =
                intercepted == null ? null : snapshot.interception().way(snapshot, intercepted, target);
        Route matched = way != null
                ? way.route()
                : intercepted == null ? snapshot.routes().match(target) : null;
        if (matched == null) {
            return null;
        }
        if (way != null && way.claimed() && !head.method().equals(HttpMethod.CONNECT)) {
            head.setUri(target);
        }
        record.route = matched.name();
        Destinations targets = way == null ? snapshot.destinations(matched) : way.destinations();
        Destination destination = targets.isSingle()
                ? null
                : new Destination(targets, head, factory.worker().random());
        Upstream upstream = destination == null ? targets.first() : destination.upstream();
        record.upstream = upstream.name();
        Timeouts timeouts = new Timeouts(matched, record.startNanos);
        Question question = new Question(exchange, factory, record, head, matched, upstream, timeouts, maxBodyBytes);
        return new Routed(
                upstream,
                timeouts,
                new Deadlines(factory.worker().timers(), timeouts, onTimeout),
                question,
                new Conversation(exchange, factory, record, head, upstream, timeouts, question),
                destination);
    }

    /** The same, going where its message belongs. The message is known, and nothing was made of it yet. */
    Routed settled(Exchange exchange, ExchangeFactory factory, ExchangeRecord record, HttpRequest head) {
        Destination several = destination;
        long nowNanos = factory.worker().clock().nanoTime();
        return several != null && several.settle(question.facts(), nowNanos)
                ? to(several.upstream(), exchange, factory, record, head)
                : this;
    }

    /**
     * The same, going to the next upstream, if there is one and the failure is the breaker's refusal: nothing was sent then.
     * Itself otherwise.
     */
    Routed movedOn(Failure wrong, Exchange exchange, ExchangeFactory factory, ExchangeRecord record, HttpRequest head) {
        Destination several = wrong.reason() == Reason.BREAKER_OPEN ? destination : null;
        return several != null && several.moveOn(factory.worker().clock().nanoTime())
                ? to(several.upstream(), exchange, factory, record, head)
                : this;
    }

    private Routed to(
            Upstream other, Exchange exchange, ExchangeFactory factory, ExchangeRecord record, HttpRequest head) {
        record.upstream = other.name();
        question.redirect(other);
        Conversation there = new Conversation(exchange, factory, record, head, other, timeouts, question);
        return new Routed(other, timeouts, deadlines, question, there, destination);
    }

    /**
     * Asks the cache of the route, if nothing is against that; the exchange is told how it goes on, at once or later.
     *
     * @param whole whether all of the request is here
     */
    void askCache(
            Exchange exchange,
            ExchangeFactory factory,
            Snapshot snapshot,
            ExchangeRecord record,
            HttpRequest head,
            Sending sending,
            boolean whole) {
        CachePolicy policy = question.route().cache();
        ResponseStore store = policy == null ? null : snapshot.store(question.route());
        McpFacts facts = question.facts();
        McpMethod method = facts == null ? null : facts.method();
        byte[] body = store == null || facts == null || !whole ? null : sending.held(CacheQuestion.MAX_REQUEST_BYTES);
        Call call = question.calls().only();
        if (policy == null || store == null || facts == null || method == null || body == null || call == null) {
            exchange.takeSlot();
            return;
        }
        long ttlNanos = record.modern || conversation.affinity().admits()
                ? CacheQuestion.ttlNanos(policy, head, record, facts)
                : 0;
        if (ttlNanos == 0) {
            exchange.takeSlot();
            return;
        }
        Worker worker = factory.worker();
        QuestionKeys keys = factory.keys();
        keys.read(policy, head, record, facts, body);
        StoredAnswer answer = keys.find(store, worker.clock().nanoTime());
        if (answer != null) {
            Caching.hit(answer, store, exchange, call, record, worker);
            return;
        }
        CacheQuestion asked = CacheQuestion.of(policy, store, keys, method, facts, ttlNanos);
        Caching caching = new Caching(asked, exchange, call, record, worker);
        question.ask(caching);
        if (caching.askServer()) {
            exchange.hold();
        }
    }
}
