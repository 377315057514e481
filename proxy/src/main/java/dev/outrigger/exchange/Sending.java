package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.failure.Replay;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.PendingBody;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a request gets to its upstream: what has arrived of it, the breaker's leave, a pool, and one attempt after the other as
 * long as the upstream refuses it unread.
 *
 * <p>Apart from the {@link Exchange}, which need not know how many attempts there are: it hears of the last one's answer or
 * failure. What it may do with a body depends on this alone: before the connection is there it is kept, afterwards it is
 * passed on, and of an attempt that may be refused both.
 */
final class Sending {
    /** Of a request that is refused unread each time; as Envoy and gRPC bound such retries. */
    private static final int MAX_ATTEMPTS = 3;

    private final AttemptListener listener;
    private final Worker worker;
    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record;
    private final BreakerPass pass;
    private final PendingBody pending = new PendingBody();

    private @Nullable Routed routed;
    private @Nullable EndpointPool pool;
    private @Nullable Attempt attempt;
    private @Nullable FlowBridge flow;
    private boolean starting;

    Sending(
            AttemptListener listener,
            Worker worker,
            DownstreamStream downstream,
            HttpRequest head,
            ClientInfo client,
            ExchangeRecord record) {
        this.listener = listener;
        this.worker = worker;
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
     * Admits the request and sends it. The listener may hear of a failure before this returns.
     *
     * @return why it is not even tried, null if it is
     */
    @Nullable
    Failure begin(Routed to, boolean injectTrace, long nowNanos) {
        routed = to;
        EndpointPool chosen = to.conversation().choose(worker.view().pools(to.upstream()));
        if (chosen == null) {
            return Failure.of(Reason.SESSION_LOST);
        }
        EndpointPool target = chosen.forClient(client);
        pool = target;
        Question question = to.question();
        if (!question.isResponse() && !pass.enter(to.upstream().breaker(), question.toolBreaker(), nowNanos)) {
            return Failure.retryLater(Reason.BREAKER_OPEN, pass.retryAfterNanos(nowNanos));
        }
        record.attempts++;
        RequestHeadRewriter.rewrite(
                head, record, client, worker.traces(), question.route().upgrades());
        if (injectTrace) {
            question.injectTrace(pending);
        }
        starting = true;
        start(target, nowNanos);
        starting = false;
        return null;
    }

    private void start(EndpointPool target, long nowNanos) {
        Upstream upstream = Objects.requireNonNull(routed).upstream();
        Attempt made = new Attempt(
                listener, target, head, pending, new EndpointReport(upstream, target, worker.clock()));
        attempt = made;
        flow = new FlowBridge(downstream, pending, made);
        made.start(nowNanos);
    }

    /**
     * An attempt has failed. If the upstream has not acted on the request, and all of it is still here, the client need not
     * know.
     *
     * @return whether there is another attempt
     */
    boolean tryAgain(Failure failure) {
        EndpointPool refused = pool;
        if (refused == null
                || failure.replay() != Replay.REFUSED
                || record.attempts >= MAX_ATTEMPTS
                || !pending.isWhole()) {
            return false;
        }
        record.attempts++;
        worker.metrics().upstream(record.upstream).refusedRetries++;
        Routed to = Objects.requireNonNull(routed);
        EndpointPool target = to.conversation()
                .chooseAgain(worker.view().pools(to.upstream()), refused)
                .forClient(client);
        pool = target;
        start(target, worker.clock().nanoTime());
        return true;
    }

    /** An attempt has a connection, and what was here of the request is written to it. */
    void onConnected() {
        if (record.upstreamSentNanos == 0) {
            record.upstreamSentNanos = worker.clock().nanoTime();
        }
        downstream.writeContinue();
        if (!starting) {
            // Otherwise the read that brought the request flushes once for all of it.
            attempt().flush();
            flow().onUpstreamWritable();
        }
    }

    // ---- the body

    void write(HttpContent content) {
        if (attempt == null) {
            hold(content);
        } else {
            attempt.writeContent(content);
        }
    }

    void flush() {
        if (attempt != null) {
            attempt.flush();
        }
    }

    /** More of the request has come, and more may come. */
    void onRequestGrew() {
        if (flow != null) {
            flow.onRequestGrows();
        } else if (pending.bytes() >= FlowBridge.CONNECT_BUFFER_BYTES) {
            downstream.pauseReading();
        }
    }

    /** An attempt was begun outside of a read that would flush, and its client may have been stopped before. */
    void flushLate() {
        if (isConnected()) {
            attempt().flush();
            flow().onUpstreamWritable();
        }
    }

    /** The request's connection takes bytes, or has stopped to. */
    void onUpstreamWritabilityChanged() {
        flow().onUpstreamWritable();
    }

    /** @return whether the client takes bytes of the answer */
    boolean onDownstreamChanged() {
        return flow().onDownstreamChanged();
    }

    /** The request will not be sent again, nor what is still here for the first time. */
    void release() {
        pending.release();
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
        Routed to = Objects.requireNonNull(routed);
        boolean timed = !to.timeouts().hasStoodStill();
        pass.leaveAnswered(broken, to.question().calls(), timed, worker.clock().nanoTime());
    }

    BreakerPass pass() {
        return pass;
    }

    /** Whether an attempt has a connection, so that its upstream may know of the request. */
    boolean isConnected() {
        return attempt != null && attempt.isConnected();
    }

    /** The attempt that is heard of: the last one. */
    Attempt attempt() {
        return Objects.requireNonNull(attempt);
    }

    boolean hasAttempt() {
        return attempt != null;
    }

    /** Where the last attempt went; there is one. */
    EndpointPool pool() {
        return Objects.requireNonNull(pool);
    }

    /**
     * The exchange has failed: tells breaker and endpoint, and gives up what there is to give up.
     *
     * @param clientWaitedFor whether it was the client's turn to send or to take bytes
     */
    void fail(Reason reason, boolean clientWaitedFor) {
        pass.leaveFailed(reason, clientWaitedFor, worker.clock().nanoTime());
        if (attempt == null) {
            return;
        }
        if (reason == Reason.IDLE_TIMEOUT && clientWaitedFor) {
            attempt.cancel();
        } else {
            attempt.giveUp(reason);
        }
    }

    private FlowBridge flow() {
        return Objects.requireNonNull(flow);
    }
}
