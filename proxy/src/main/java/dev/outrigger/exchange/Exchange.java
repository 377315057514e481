package dev.outrigger.exchange;

import dev.outrigger.exchange.McpRequests.BodyType;
import dev.outrigger.exchange.Unanswered.StreamEnd;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HopByHop;
import dev.outrigger.http.PendingBody;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
import dev.outrigger.runtime.WorkerView;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as one state machine: route, read, admit, send, pass the answer on, record.
 *
 * <p>One machine rather than a chain of filters, because what matters here (holding a body back, refusing late, coupling the
 * pressure of two connections, ending exactly once) spans both sides; in filters each of them leaks into all. It decides
 * nothing about sockets ({@link DownstreamStream}, {@link Attempt}), about messages ({@link Question}, {@link Conversation}) and about policy
 * (breaker, pools, timeouts); it keeps their order.
 *
 * <p>Every way ends in {@link #finish}, once; {@link State} has no step out of {@code DONE}.
 */
final class Exchange implements RequestSink, AttemptListener {
    private final ExchangeFactory factory;
    private final Worker worker;
    private final WorkerView view;
    private final Snapshot snapshot;
    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record = new ExchangeRecord();
    private final BreakerPass pass = new BreakerPass(record);
    private final PendingBody pending = new PendingBody();

    private State state = State.HEAD;
    private @Nullable Routed routed;
    private @Nullable EndpointPool pool;
    private @Nullable Attempt attempt;
    private @Nullable FlowBridge flow;
    private @Nullable Delivery delivery;
    private @Nullable Failure refusal;
    private boolean starting;
    private boolean requestEnded;

    Exchange(ExchangeFactory factory, DownstreamStream downstream, HttpRequest head, ClientInfo client) {
        this.factory = factory;
        this.worker = factory.worker();
        this.view = worker.view();
        this.snapshot = view.snapshot();
        this.downstream = downstream;
        this.head = head;
        this.client = client;
    }

    // ---- 1. head: route

    void begin() {
        record.startNanos = worker.clock().nanoTime();
        record.generation = snapshot.generation();
        RecordFiller.fillFromHead(
                record, head, client, worker, snapshot.switches().tracing());
        Route matched = snapshot.routes().match(head.uri());
        if (matched == null) {
            fail(Failure.of(Reason.NO_ROUTE));
            return;
        }
        record.route = matched.name();
        Upstream target = snapshot.upstream(matched);
        record.upstream = target.name();
        Timeouts timeouts = new Timeouts(matched, record.startNanos);
        Question question = new Question(this, factory, record, head, matched, target, timeouts);
        routed = new Routed(
                target,
                timeouts,
                new Deadlines(worker.timers(), timeouts, this::onTimeout),
                question,
                new Conversation(this, factory, record, head, target, timeouts, question));
        if (McpRequests.mayBeMcp(head)) {
            question.read(snapshot.mcp().scanLimitBytes());
            moveTo(State.SCANNING);
            downstream.writeContinue();
        } else {
            startAttempt();
        }
    }

    // ---- 2. body: read, then pass on

    @Override
    public void onRequestContent(HttpContent content) {
        record.requestBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        requestEnded |= last;
        Failure wrong = routed == null ? null : routed.question().onContent(content.content(), last);
        switch (state) {
            case SCANNING -> {
                pending.add(content);
                if (last || question().isKnown()) {
                    startAttempt();
                }
            }
            case ATTEMPTING, STREAMING -> {
                if (wrong == null) {
                    current().writeContent(content);
                    onRequestGrew();
                } else {
                    content.release();
                    fail(wrong);
                }
            }
            case REFUSING -> {
                content.release();
                if (!mayStillFindId()) {
                    replyRefusal();
                }
            }
            case HEAD, DONE -> content.release();
        }
        if (state != State.DONE) {
            long nowNanos = worker.clock().nanoTime();
            timeouts().onActivity(nowNanos);
            if (last) {
                onRequestEnd(nowNanos);
            }
        }
    }

    private void onRequestEnd(long nowNanos) {
        if (state != State.SCANNING && state != State.REFUSING) {
            question().release();
        }
        if (!McpRequests.asksForStream(head)) {
            timeouts().awaitAnswer(nowNanos);
        }
        deadlines().arm();
    }

    private boolean mayStillFindId() {
        return routed != null && !requestEnded && routed.question().mayStillFindId();
    }

    @Override
    public void onRequestReadComplete() {
        if (state == State.DONE) {
            return;
        }
        if (attempt != null) {
            attempt.flush();
        }
        if (!deadlines().isArmed()) {
            deadlines().arm();
        }
    }

    // ---- 3. admit and send

    private void startAttempt() {
        moveTo(State.ATTEMPTING);
        long nowNanos = worker.clock().nanoTime();
        record.attemptNanos = nowNanos;
        Question question = question();
        question.settle();
        Failure wrong = question.check();
        if (wrong != null) {
            fail(wrong);
            return;
        }
        EndpointPool chosen = talk().choose(view.pools(routed().upstream()));
        if (chosen == null) {
            fail(Failure.of(Reason.SESSION_LOST));
            return;
        }
        pool = chosen;
        if (!question.isResponse() && !pass.enter(routed().upstream().breaker(), nowNanos)) {
            fail(Failure.of(Reason.BREAKER_OPEN));
            return;
        }
        record.attempts++;
        RequestHeadRewriter.rewrite(head, record, client, worker.traces());
        if (snapshot.mcp().injectMetaTrace()) {
            question.injectTrace(pending);
        }
        Attempt made = new Attempt(this, chosen, head, pending);
        attempt = made;
        flow = new FlowBridge(downstream, pending, made);
        starting = true;
        made.start(nowNanos);
        starting = false;
        onRequestGrew();
    }

    private void onRequestGrew() {
        if (flow != null && !requestEnded) {
            flow.onRequestGrows();
        }
    }

    @Override
    public void onConnected() {
        if (record.upstreamSentNanos == 0) {
            record.upstreamSentNanos = worker.clock().nanoTime();
        }
        downstream.writeContinue();
        if (!starting) {
            // Otherwise the read that brought the request flushes once for all of it.
            current().flush();
            flow().onUpstreamWritable();
        }
    }

    @Override
    public void onUpstreamWritabilityChanged() {
        if (state == State.ATTEMPTING || state == State.STREAMING) {
            flow().onUpstreamWritable();
            onRequestGrew();
        }
    }

    // ---- 4. answer

    @Override
    public void onInformational(HttpResponse informational) {
        if (state == State.ATTEMPTING) {
            HopByHop.strip(informational.headers());
            downstream.writeInformational(informational);
        }
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        long nowNanos = worker.clock().nanoTime();
        moveTo(State.STREAMING);
        Delivery begun = new Delivery(worker, downstream, record, talk(), timeouts(), deadlines());
        delivery = begun;
        BodyType type = McpRequests.typeOf(response.headers());
        begun.begin(response, type, snapshot.mcp(), nowNanos);
        if (type == BodyType.EVENT_STREAM) {
            pass.judgeSoFar(record.status >= 500 ? Verdict.FAILURE : Verdict.SUCCESS, nowNanos);
        }
    }

    @Override
    public void onResponseContent(HttpContent content) {
        record.responseBytes += content.content().readableBytes();
        long nowNanos = worker.clock().nanoTime();
        if (content instanceof LastHttpContent last) {
            complete(delivery().readLast(last, nowNanos));
            delivery().writeLast(last);
            return;
        }
        delivery().pass(content, nowNanos);
        if (!downstream.isWritable()) {
            current().pauseReading();
        }
    }

    @Override
    public void onResponseReadComplete() {
        downstream.flush();
    }

    @Override
    public void onDownstreamWritabilityChanged() {
        if (state == State.STREAMING && flow().onDownstreamChanged()) {
            timeouts().onActivity(worker.clock().nanoTime());
        }
    }

    /** Called before the last content is written, because writing it may begin the next request of the connection. */
    private void complete(@Nullable Reason reason) {
        boolean serverError = record.status >= 500;
        boolean refusedCall = record.status >= 400 && !record.mcpMethod.isEmpty();
        record.reason = reason;
        pass.leave(
                serverError || reason != null ? Verdict.FAILURE : Verdict.SUCCESS,
                worker.clock().nanoTime());
        if (talk().isAnsweredElsewhere() && record.status < 300) {
            talk().unanswered().parkPaired(Objects.requireNonNull(pool));
        }
        finish(serverError || refusedCall || reason != null ? Outcome.ERROR : Outcome.SUCCESS);
    }

    // ---- 5. what messages bring about

    boolean isOver() {
        return state == State.DONE;
    }

    /** A call needs no answer any more: it has it, or is cancelled. */
    void onCallSettled() {
        if (state != State.DONE && talk().calls().areSettled()) {
            timeouts().answered();
        }
    }

    void onCallProgress() {
        timeouts().onProgress(worker.clock().nanoTime());
        onDeadlinesMoved();
    }

    void onCallWaitsForClient() {
        timeouts().onServerAsks();
    }

    /** A deadline may be nearer than the one that the timer is armed for. */
    void onDeadlinesMoved() {
        if (state != State.DONE) {
            deadlines().arm();
        }
    }

    /** Ends a call of the session whose answers come on this stream. */
    void writeSessionError(byte[] id, Reason reason) {
        if (state == State.STREAMING) {
            delivery().writeSessionError(id, reason);
        }
    }

    // ---- 6. everything that goes wrong

    @Override
    public void onAttemptFailed(Failure failure) {
        boolean lost = talk().affinity().isLostBy(failure.reason());
        fail(lost ? Failure.of(Reason.SESSION_LOST) : failure);
    }

    @Override
    public void onRequestBroken(Failure failure) {
        requestEnded = true;
        fail(failure);
    }

    private void onTimeout(Reason reason) {
        EndpointPool used = pool;
        if (used != null && attempt != null && attempt.isConnected()) {
            talk().unanswered().cancelUnanswered(used);
        }
        fail(Failure.of(reason));
    }

    @Override
    public void onDownstreamClosed() {
        if (state == State.DONE) {
            return;
        }
        Attempt current = attempt;
        EndpointPool used = pool;
        if (current != null && used != null) {
            boolean mayReadOn = requestEnded && (delivery == null || !delivery.isResumable());
            talk().unanswered().clientGone(current, used, mayReadOn, talk()::takeAnswer);
        }
        record.reason = Reason.CLIENT_GONE;
        pass.leave(Verdict.IGNORED, worker.clock().nanoTime());
        finish(Outcome.CANCELLED);
    }

    @Override
    public void onDrain() {
        if (state == State.STREAMING && delivery().isIdleStream()) {
            fail(Failure.of(Reason.DRAINING));
        }
    }

    @Override
    public void onDrainDeadline() {
        fail(Failure.of(Reason.DRAINING));
    }

    private void fail(Failure failure) {
        if (state == State.DONE) {
            return;
        }
        if (state == State.REFUSING) {
            replyRefusal();
            return;
        }
        boolean clientWaitedFor = !requestEnded || !downstream.isWritable();
        pass.leaveFailed(failure.reason(), clientWaitedFor, worker.clock().nanoTime());
        if (attempt != null) {
            attempt.cancel();
        }
        if (state == State.STREAMING) {
            breakOff(failure);
            return;
        }
        refusal = failure;
        pending.release();
        if (mayStillFindId()) {
            moveTo(State.REFUSING);
            downstream.resumeReading();
        } else {
            replyRefusal();
        }
    }

    /** The answer has begun and will not be whole: an event stream is ended with an error, anything else is cut. */
    private void breakOff(Failure failure) {
        record.reason = failure.reason();
        StreamEnd end = delivery().breakOff(failure);
        boolean whole = end == StreamEnd.WHOLE;
        if (whole) {
            record.reason = null;
        }
        finish(whole ? Outcome.SUCCESS : failure.reason().outcome());
        delivery().writeBreak(end);
    }

    private void replyRefusal() {
        Failure failure = Objects.requireNonNull(refusal);
        long retryAfterNanos = failure.reason() == Reason.BREAKER_OPEN
                ? pass.retryAfterNanos(worker.clock().nanoTime())
                : 0;
        Question asked = routed == null ? null : routed.question();
        LocalReply reply = LocalReply.of(
                downstream.alloc(),
                record,
                failure,
                asked,
                retryAfterNanos,
                snapshot.mcp().refusal());
        finish(failure.reason().outcome());
        reply.writeTo(downstream);
    }

    // ---- 7. the end

    /** @param otherwise how it ended, unless the one call that it was about tells more */
    private void finish(Outcome otherwise) {
        moveTo(State.DONE);
        pending.release();
        record.outcome = otherwise;
        record.endNanos = worker.clock().nanoTime();
        if (delivery != null) {
            delivery.close(record.endNanos);
        }
        if (routed != null) {
            routed.deadlines().cancel();
            routed.question().settle();
            routed.conversation().finish(otherwise);
        }
        factory.finished(record);
    }

    private void moveTo(State target) {
        state = state.to(target);
    }

    private Attempt current() {
        return Objects.requireNonNull(attempt);
    }

    private FlowBridge flow() {
        return Objects.requireNonNull(flow);
    }

    private Delivery delivery() {
        return Objects.requireNonNull(delivery);
    }

    private Routed routed() {
        return Objects.requireNonNull(routed);
    }

    private Question question() {
        return routed().question();
    }

    private Conversation talk() {
        return routed().conversation();
    }

    private Timeouts timeouts() {
        return routed().timeouts();
    }

    private Deadlines deadlines() {
        return routed().deadlines();
    }
}
