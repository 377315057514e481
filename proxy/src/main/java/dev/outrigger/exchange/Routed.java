package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An exchange with a route, and what it can have only then. Made together, so that one of them is never there without the rest. */
record Routed(Upstream upstream, Timeouts timeouts, Deadlines deadlines, Question question, Conversation conversation) {

    /**
     * Finds where a request belongs by its head.
     *
     * @param record is told the route
     * @param onTimeout told when a deadline passes
     * @return null without a route
     */
    static @Nullable Routed find(
            Exchange exchange,
            ExchangeFactory factory,
            Snapshot snapshot,
            ExchangeRecord record,
            HttpRequest head,
            Consumer<Reason> onTimeout) {
        // The target of a CONNECT is no path.
        String target = head.method().equals(HttpMethod.CONNECT) ? "/" : head.uri();
        Route matched = snapshot.routes().match(target);
        if (matched == null) {
            return null;
        }
        record.route = matched.name();
        Upstream upstream = snapshot.upstream(matched);
        record.upstream = upstream.name();
        Timeouts timeouts = new Timeouts(matched, record.startNanos);
        Question question = new Question(exchange, factory, record, head, matched, upstream, timeouts);
        return new Routed(
                upstream,
                timeouts,
                new Deadlines(factory.worker().timers(), timeouts, onTimeout),
                question,
                new Conversation(exchange, factory, record, head, upstream, timeouts, question));
    }
}
