package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.PendingBody;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.runtime.Worker;
import dev.outrigger.runtime.WorkerView;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a request gets to its upstream: what has arrived of it, the breaker's leave, a pool, and the {@link Tries}.
 *
 * <p>Apart from the {@link Exchange}, which need not know how many attempts there are: it hears of the last one's answer or
 * failure. What it may do with a body depends on this alone: before the connection is there it is kept, afterwards it is
 * passed on, and of an attempt that may be refused both.
 */
final class Sending {
    private final AttemptListener listener;
    private final Worker worker;
    /** Of the configuration that the exchange began with, whichever the worker has taken up since. */
    private final WorkerView view;

    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record;
    private final BreakerPass pass;
    private final PendingBody pending = new PendingBody();

    private @Nullable Routed admitted;
    private @Nullable EndpointPool chosen;
    private @Nullable Tries tries;

    Sending(
            AttemptListener listener,
            Worker worker,
            DownstreamStream downstream,
            HttpRequest head,
            ClientInfo client,
            ExchangeRecord record) {
        this.listener = listener;
        this.worker = worker;
        this.view = worker.view();
        this.downstream = downstream;
        this.head = head;
        this.client = client;
        this.record = record;
        this.pass = new BreakerPass(record);
    }

    // ---- the attempts

    /** A piece of the body has come before it is known where it goes. */
    void hold(HttpContent content) {
        pending.add(content);
    }

    /**
     * Asks whether the request may go there.
     *
     * @return why it is not even tried; null if it is to {@link #begin} now
     */
    @Nullable
    Failure admit(Routed to, long nowNanos) {
        UpstreamPools pools = view.pools(to.upstream());
        if (pools.isEmpty()) {
            return Failure.of(Reason.NO_ENDPOINT);
        }
        EndpointPool pool = to.conversation().choose(pools);
        if (pool == null) {
            return Failure.of(Reason.SESSION_LOST);
        }
        Question question = to.question();
        Destination destination = to.destination();
        pass.watch(destination == null ? null : destination.shift());
        if (!question.isResponse() && !pass.enter(to.upstream().breaker(), question.toolBreaker(), nowNanos)) {
            return Failure.retryLater(Reason.BREAKER_OPEN, pass.retryAfterNanos(nowNanos));
        }
        admitted = to;
        chosen = pool;
        return null;
    }

    /** Sends the request where it was admitted to. The listener may hear of a failure before this returns. */
    void begin(boolean injectTrace, long nowNanos) {
        Routed to = Objects.requireNonNull(admitted);
        Question question = to.question();
        RequestHeadRewriter.rewrite(
                head, record, client, worker.traces(), question.route().upgrades());
        if (injectTrace) {
            question.injectTrace(pending);
        }
        EndpointPool first = Objects.requireNonNull(chosen).forClient(client);
        UpstreamPools pools = view.pools(to.upstream());
        Tries begun = new Tries(listener, worker, downstream, head, client, record, pending, to, pass, pools, first);
        tries = begun;
        begun.begin(nowNanos);
    }

    // ---- the body

    void write(HttpContent content) {
        Attempt current = current();
        boolean last = content instanceof LastHttpContent;
        if (current == null) {
            hold(content);
        } else {
            current.writeContent(content);
        }
        if (last && tries != null) {
            tries.onRequestEnd(worker.clock().nanoTime());
        }
    }

    void flush() {
        Attempt current = current();
        if (current != null) {
            current.flush();
        }
    }

    /** More of the request has come, and more may come. */
    void onRequestGrew() {
        FlowBridge flow = flow();
        if (flow != null) {
            flow.onRequestGrows();
        } else if (pending.bytes() >= FlowBridge.CONNECT_BUFFER_BYTES) {
            downstream.pauseReading();
        }
    }

    /** An attempt was begun outside of a read that would flush, and its client may have been stopped before. */
    void flushLate() {
        if (isConnected()) {
            flush();
            onUpstreamWritabilityChanged();
        }
    }

    /** The request's connection takes bytes, or has stopped to. */
    void onUpstreamWritabilityChanged() {
        FlowBridge flow = flow();
        if (flow != null) {
            flow.onUpstreamWritable();
        }
    }

    /** @return whether the client takes bytes of the answer */
    boolean onDownstreamChanged() {
        return Objects.requireNonNull(flow()).onDownstreamChanged();
    }

    /** What is still here of the body. */
    PendingBody pending() {
        return pending;
    }

    /** The request will not be sent again, nor what is still here for the first time. */
    void release() {
        if (tries != null) {
            tries.settle();
        }
        pending.release();
    }

    /**
     * A copy of what has arrived so far, none of it sent.
     *
     * @return null if it is more than so many bytes
     */
    byte @Nullable [] held(int maxBytes) {
        return pending.bytes() > maxBytes ? null : pending.toArray();
    }

    // ---- how it went

    /** Tells the breaker, if it was asked and was not told yet. */
    void judge(Verdict verdict) {
        pass.leave(verdict, worker.clock().nanoTime());
    }

    /**
     * Tells the breaker of an answer that is complete.
     *
     * @param broken whether it is no proper one, whatever it says
     */
    void judgeAnswer(boolean broken) {
        Routed to = Objects.requireNonNull(tries).routed();
        boolean timed = !to.timeouts().hasStoodStill();
        pass.leaveAnswered(broken, to.question().calls(), timed, worker.clock().nanoTime());
    }

    BreakerPass pass() {
        return pass;
    }

    /** Whether an attempt has a connection, so that its upstream may know of the request. */
    boolean isConnected() {
        Attempt current = current();
        return current != null && current.isConnected();
    }

    /** The attempt that is heard of: the last one. */
    Attempt attempt() {
        return Objects.requireNonNull(current());
    }

    /** Whether an attempt is under way or has brought the answer. */
    boolean hasAttempt() {
        return current() != null;
    }

    /** Where the last attempt went; there is one. */
    EndpointPool pool() {
        return Objects.requireNonNull(tries).pool();
    }

    /**
     * The exchange has failed: tells breaker and endpoint, and gives up what there is to give up.
     *
     * @param clientWaitedFor whether it was the client's turn to send or to take bytes
     */
    void fail(Reason reason, boolean clientWaitedFor) {
        pass.leaveFailed(reason, clientWaitedFor, worker.clock().nanoTime());
        if (tries != null) {
            tries.fail(reason, clientWaitedFor);
        }
    }

    private @Nullable Attempt current() {
        return tries == null ? null : tries.attempt();
    }

    private @Nullable FlowBridge flow() {
        return tries == null ? null : tries.flow();
    }
}
