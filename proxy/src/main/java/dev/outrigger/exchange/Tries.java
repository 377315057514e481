package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.PendingBody;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Retried;
import dev.outrigger.record.RetryReason;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange, one after the other, or two at a time, until an answer's head is the client's.
 *
 * <p>Apart from {@link Sending}, which knows the request, and {@link Replays}, which decides: this here is the order of events.
 * Between two attempts there may be a pause, in which there is none, and what still comes of the request is held.
 */
final class Tries implements AttemptGate {
    private final AttemptListener listener;
    private final Worker worker;
    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record;
    private final PendingBody pending;
    private final Routed routed;
    private final BreakerPass pass;
    private final UpstreamPools pools;
    private final Replays replays;

    private EndpointPool pool;
    private @Nullable Attempt attempt;
    private @Nullable FlowBridge flow;
    private @Nullable Timer timer;
    /** An attempt beside the other one, and where it went. */
    private @Nullable Attempt hedge;

    private @Nullable EndpointPool hedgePool;
    private @Nullable HedgeTimer hedgeTimer;
    private boolean starting;
    /** An answer is the client's, or the exchange is over. */
    private boolean settled;

    /**
     * @param pass told where the call goes
     * @param pools of the upstream, as the exchange's own configuration has them
     * @param pool where the first attempt goes
     */
    Tries(
            AttemptListener listener,
            Worker worker,
            DownstreamStream downstream,
            HttpRequest head,
            ClientInfo client,
            ExchangeRecord record,
            PendingBody pending,
            Routed routed,
            BreakerPass pass,
            UpstreamPools pools,
            EndpointPool pool) {
        this.listener = listener;
        this.worker = worker;
        this.downstream = downstream;
        this.head = head;
        this.client = client;
        this.record = record;
        this.pending = pending;
        this.routed = routed;
        this.pass = pass;
        this.pools = pools;
        this.pool = pool;
        this.replays = new Replays(worker, record, pending, routed, head);
    }

    /** Makes the first attempt. The listener may hear of a failure before this returns. */
    void begin(long nowNanos) {
        routed.upstream().retries().onRequest(nowNanos);
        starting = true;
        start(pool, nowNanos);
        starting = false;
    }

    private void start(EndpointPool target, long nowNanos) {
        pool = target;
        record.attempts++;
        pass.at(routed.upstream(), target.endpoint());
        Attempt made = attemptAt(target);
        attempt = made;
        flow = new FlowBridge(downstream, pending, made);
        watch(nowNanos);
        made.start(nowNanos);
    }

    private Attempt attemptAt(EndpointPool target) {
        EndpointReport report = new EndpointReport(routed.upstream(), target, worker.clock());
        return new Attempt(this, listener, target, head, pending, replays, report);
    }

    // ---- what the last attempt is

    /** What it is that is tried. */
    Routed routed() {
        return routed;
    }

    /** The attempt that is heard of; null in a pause between two. */
    @Nullable
    Attempt attempt() {
        return attempt;
    }

    /** Where the last attempt went. */
    EndpointPool pool() {
        return pool;
    }

    @Nullable
    FlowBridge flow() {
        return flow;
    }

    // ---- its time

    /** The request is whole, if an attempt is under way its time runs from now on. */
    void onRequestEnd(long nowNanos) {
        if (attempt != null && !settled) {
            watch(nowNanos);
        }
    }

    private void watch(long nowNanos) {
        long perTryNanos = replays.policy().perTryNanos();
        if (perTryNanos > 0 && pending.isEnded() && replays.mayRepeat() && !McpRequests.asksForStream(head)) {
            worker.timers().arm(timer(), nowNanos + perTryNanos);
        }
        if (replays.hedgeNanos() > 0 && pending.isEnded() && record.attempts == 1) {
            HedgeTimer made = new HedgeTimer();
            hedgeTimer = made;
            worker.timers().arm(made, nowNanos + replays.hedgeNanos());
        }
    }

    private Timer timer() {
        Timer made = timer;
        if (made == null) {
            made = new Timer();
            timer = made;
        }
        return made;
    }

    /** An attempt takes too long, or a pause is over. One that can not be followed by another goes on. */
    private void onTime(long nowNanos) {
        if (attempt == null) {
            startAgain(next(), nowNanos);
        } else {
            again(RetryReason.TRY_TIMEOUT, 0, 0);
        }
    }

    // ---- another attempt

    private EndpointPool next() {
        return routed.conversation().another(pools, pool);
    }

    private void startAgain(EndpointPool target, long nowNanos) {
        routed.conversation().goesTo(target);
        start(target.forClient(client), nowNanos);
        FlowBridge begun = flow;
        if (begun != null && !pending.isEnded()) {
            begun.onRequestGrows();
        }
    }

    /**
     * Gives the attempt up for another one.
     *
     * @param status of the answer; 0 if there was none
     * @param askedNanos the pause that the upstream asks for; 0 if it does not
     * @return whether there is another attempt, now or after a pause; if not, nothing has changed
     */
    private boolean again(RetryReason why, int status, long askedNanos) {
        boolean gone =
                why == RetryReason.CONNECT && routed.conversation().affinity().isOwned();
        if (settled || gone || !replays.mayFollow(why)) {
            return false;
        }
        long nowNanos = worker.clock().nanoTime();
        EndpointPool target = next();
        boolean elsewhere = target.endpoint() != pool.endpoint();
        long pauseNanos = replays.ask(why, elsewhere, askedNanos, pending.isEnded(), nowNanos);
        if (pauseNanos == Replays.NONE) {
            return false;
        }
        record.addRetried(new Retried(nowNanos, record.endpoint, why, status));
        worker.metrics().upstream(record.upstream).retries[why.ordinal()]++;
        giveUp(why);
        if (pauseNanos == 0) {
            startAgain(target, nowNanos);
        } else {
            attempt = null;
            flow = null;
            worker.timers().arm(timer(), nowNanos + pauseNanos);
        }
        return true;
    }

    private void giveUp(RetryReason why) {
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        if (why == RetryReason.TRY_TIMEOUT) {
            current.giveUp(Reason.REQUEST_TIMEOUT);
        } else {
            current.cancel();
        }
        cancelHedge();
    }

    // ---- an attempt beside the other

    private void hedge(long nowNanos) {
        if (attempt == null || record.attempts > 1 || !replays.askBeside(nowNanos)) {
            return;
        }
        record.addRetried(new Retried(nowNanos, record.endpoint, RetryReason.HEDGE, 0));
        worker.metrics().upstream(record.upstream).retries[RetryReason.HEDGE.ordinal()]++;
        record.attempts++;
        EndpointPool target = next().forClient(client);
        Attempt made = attemptAt(target);
        hedge = made;
        hedgePool = target;
        made.start(nowNanos);
    }

    /** The one beside is the one that counts from now on. */
    private void promote(Attempt promoted) {
        hedge = null;
        Attempt left = attempt;
        if (left != null) {
            left.overtaken();
        }
        attempt = promoted;
        pool = Objects.requireNonNull(hedgePool);
        flow = new FlowBridge(downstream, pending, promoted);
        pass.at(routed.upstream(), pool.endpoint());
        routed.conversation().goesTo(pool);
    }

    private void cancelHedge() {
        Attempt beside = hedge;
        hedge = null;
        if (beside != null) {
            beside.cancel();
        }
    }

    // ---- the end

    /** There will be no other attempt. */
    void settle() {
        settled = true;
        if (timer != null) {
            worker.timers().cancel(timer);
        }
        if (hedgeTimer != null) {
            worker.timers().cancel(hedgeTimer);
        }
        cancelHedge();
    }

    /**
     * Gives everything up.
     *
     * @param clientWaitedFor whether it was the client's turn to send or to take bytes
     */
    void fail(Reason reason, boolean clientWaitedFor) {
        settle();
        Attempt current = attempt;
        if (current == null) {
            return;
        }
        if (reason == Reason.IDLE_TIMEOUT && clientWaitedFor) {
            current.cancel();
        } else {
            current.giveUp(reason);
        }
    }

    // ---- what the attempts say

    @Override
    public void onConnected(Attempt connected) {
        if (record.upstreamSentNanos == 0) {
            record.upstreamSentNanos = worker.clock().nanoTime();
        }
        downstream.writeContinue();
        if (!starting) {
            // Otherwise the read that brought the request flushes once for all of it.
            connected.flush();
            Objects.requireNonNull(flow).onUpstreamWritable();
        }
    }

    @Override
    public boolean isHeard(Attempt from) {
        return from == attempt;
    }

    @Override
    public boolean takesHead(Attempt from, HttpResponse response) {
        int status = response.status().code();
        boolean unsettled = replays.policy().isUnsettled(status);
        Attempt beside = hedge;
        if (unsettled && beside != null) {
            drop(from, beside);
            return false;
        }
        if (unsettled && again(RetryReason.STATUS, status, RetryAfter.nanos(response.headers()))) {
            return false;
        }
        if (from == beside) {
            promote(from);
            worker.metrics().upstream(record.upstream).hedgesWon++;
        }
        // Two that were one after the other tell nothing about one.
        boolean usual = record.attempts == 1 || (record.attempts == 2 && hedgePool != null);
        if (usual && !settled) {
            replays.answered(worker.clock().nanoTime() - record.attemptNanos);
        }
        settle();
        return true;
    }

    @Override
    public boolean takesFailure(Attempt from, Failure failure) {
        Attempt beside = hedge;
        if (beside != null) {
            drop(from, beside);
            return false;
        }
        return !again(RetryReason.of(failure), 0, 0);
    }

    /** Of two attempts under way one has come to nothing: the other goes on alone. */
    private void drop(Attempt from, Attempt beside) {
        if (from == beside) {
            cancelHedge();
        } else {
            promote(beside);
        }
    }

    /** Ends an attempt that takes too long, or a pause. */
    private final class Timer extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            onTime(nowNanos);
        }
    }

    /** Makes an attempt beside one that takes longer than usual. */
    private final class HedgeTimer extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            hedge(nowNanos);
        }
    }
}
