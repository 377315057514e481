package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.McpSession;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of calls that have no answer when nothing more comes: an error, a place in their session to wait on, or word to
 * the server that they are given up. Nobody is left waiting, and every call ends once.
 */
final class Unanswered {
    /** What becomes of an event stream whose server sends nothing more. */
    enum StreamEnd {
        /** Everything asked for has come. */
        WHOLE,
        /** What had not come was answered with errors; the stream is over now. */
        MENDED,
        /** The client will fetch the rest on another stream, and the session knows what is open. */
        PARKED,
        /** Nothing was asked for that would tell whether it is whole. */
        UNKNOWN
    }

    private final Exchange exchange;
    private final ExchangeFactory factory;
    private final Worker worker;
    private final ExchangeRecord record;
    private final HttpRequest head;
    private final Timeouts timeouts;
    private final Calls calls;
    private final Affinity affinity;
    private boolean carriesSession;

    Unanswered(
            Exchange exchange,
            ExchangeFactory factory,
            ExchangeRecord record,
            HttpRequest head,
            Timeouts timeouts,
            Calls calls,
            Affinity affinity) {
        this.exchange = exchange;
        this.factory = factory;
        this.worker = factory.worker();
        this.record = record;
        this.head = head;
        this.timeouts = timeouts;
        this.calls = calls;
        this.affinity = affinity;
    }

    /** This exchange is the stream on which a session of HTTP+SSE gets all its answers. */
    void carrySession() {
        carriesSession = true;
    }

    boolean carriesSession() {
        return carriesSession;
    }

    /**
     * The server sends nothing more on the event stream: writes an error for every operation that is still open, so that
     * nobody waits, unless the client will fetch the rest elsewhere.
     */
    StreamEnd endStream(EventStream stream, Failure failure) {
        if (carriesSession()) {
            failSession(stream, failure);
            return StreamEnd.MENDED;
        }
        if (calls.areSettled()) {
            return calls.isEmpty() ? StreamEnd.UNKNOWN : StreamEnd.WHOLE;
        }
        boolean resumable = !record.modern && stream.isResumable();
        if (resumable && failure.reason().outcome() != Outcome.TIMEOUT) {
            return parkUnanswered() ? StreamEnd.PARKED : StreamEnd.UNKNOWN;
        }
        calls.forEach(call -> {
            if (call.wantsAnswer()) {
                stream.writeError(call.id(), failure);
            }
        });
        return StreamEnd.MENDED;
    }

    /** The calls go on without the exchange. @return whether a session knows them all */
    private boolean parkUnanswered() {
        Call only = calls.only();
        if (only != null && only.mayPark()) {
            record.operationsApart = true;
            only.beginApart(exchange, factory, record);
        }
        long left = timeouts.capNanos() - worker.clock().nanoTime();
        boolean[] all = {true};
        calls.forEach(call -> {
            if (call.wantsAnswer() && call.mayPark()) {
                call.park(left, record.status, () -> {});
            } else if (call.wantsAnswer()) {
                all[0] = false;
            }
        });
        return all[0];
    }

    /** The request was taken; what it asked for comes on the session's stream. */
    void parkPaired(EndpointPool pool) {
        McpSession session = affinity.session();
        calls.forEach(call -> {
            if (call.isRequest() && session != null && call.mayPark()) {
                call.park(timeouts.timeoutNanos(), record.status, () -> {
                    session.writeError(call.id(), Reason.REQUEST_TIMEOUT);
                    cancel(pool, call);
                });
            }
        });
    }

    /** Tells the server that its answers are not awaited any more, if that has to be said. */
    void cancelUnanswered(EndpointPool pool) {
        calls.forEach(call -> {
            if (call.wantsAnswer()) {
                cancel(pool, call);
            }
        });
    }

    private void cancel(EndpointPool pool, Call call) {
        // An initialize can not be cancelled, and in the modern era closing the stream says it all.
        if (!record.modern && call.method() != McpMethod.INITIALIZE) {
            new Cancellation(worker, pool, head).send(call);
        }
    }

    /**
     * The client has left. In the old era it has cancelled nothing with that, unless it may come back for the rest of a stream:
     * what the upstream still has to say is read to its end.
     *
     * @param mayReadOn whether the request was sent whole and its client can not come back
     * @param reader gives the reader of the answer away
     */
    void clientGone(Attempt attempt, EndpointPool pool, boolean mayReadOn, Supplier<@Nullable AnswerReader> reader) {
        boolean goesOn =
                mayReadOn && !record.modern && attempt.isConnected() && !calls.areSettled() && factory.mayDrain();
        if (goesOn) {
            new Drain(factory, attempt, timeouts, reader.get(), () -> cancelUnanswered(pool)).begin();
        } else {
            attempt.cancel();
        }
        if (carriesSession) {
            affinity.end();
        }
    }

    /** The stream that carried a session's answers has ended: nobody will answer its calls. */
    private void failSession(EventStream stream, Failure failure) {
        McpSession session = affinity.session();
        if (session == null) {
            return;
        }
        session.forEachCall((id, call) -> {
            if (session.remove(id, call)) {
                stream.writeError(id.getBytes(StandardCharsets.UTF_8), failure);
                call.onFailed(failure);
            }
        });
        affinity.end();
    }
}
