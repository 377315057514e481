package dev.outrigger.exchange;

import dev.outrigger.exchange.McpRequests.BodyType;
import dev.outrigger.exchange.Unanswered.StreamEnd;
import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HopByHop;
import dev.outrigger.http.RequestSink;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.GrpcStatus;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
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
 * nothing about sockets ({@link DownstreamStream}, {@link Sending}), about messages ({@link Question}, {@link Conversation}) and about policy
 * (breaker, pools, timeouts); it keeps their order.
 *
 * <p>Every way ends in {@link #finish}, once; {@link State} has no step out of {@code DONE}.
 */
final class Exchange implements RequestSink, AttemptListener {
    private final ExchangeFactory factory;
    private final Worker worker;
    private final Snapshot snapshot;
    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record = new ExchangeRecord();
    private final Sending sending;

    private State state = State.HEAD;
    private @Nullable Routed routed;
    private @Nullable Admission admission;
    private @Nullable Delivery delivery;
    private @Nullable Failure refusal;
    private boolean requestEnded;

    Exchange(ExchangeFactory factory, DownstreamStream downstream, HttpRequest head, ClientInfo client) {
        this.factory = factory;
        this.worker = factory.worker();
        this.snapshot = worker.view().snapshot();
        this.downstream = downstream;
        this.head = head;
        this.client = client;
        this.sending = new Sending(this, worker, downstream, head, client, record);
    }

    // ---- 1. head: route

    void begin() {
        record.startNanos = worker.clock().nanoTime();
        record.generation = snapshot.generation();
        RecordFiller.fillFromHead(
                record, head, client, worker, snapshot.switches().tracing());
        Routed found =
                Routed.find(this, factory, snapshot, record, head, client, downstream.maxBodyBytes(), this::onTimeout);
        if (found == null) {
            fail(Failure.of(client.intercepted() == null ? Reason.NO_ROUTE : Reason.DRAINING));
            return;
        }
        routed = found;
        if (McpRequests.mayBeMcp(head)) {
            found.question().read(snapshot.mcp().scanLimitBytes());
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
        if (content instanceof LastHttpContent end) {
            HopByHop.stripTrailers(end.trailingHeaders());
        }
        Failure wrong = routed == null ? null : routed.question().onContent(content.content(), last);
        switch (state) {
            case SCANNING -> {
                sending.hold(content);
                if (wrong != null) {
                    fail(wrong);
                } else if (last || routed().question().isKnown()) {
                    startAttempt();
                }
            }
            case WAITING, ATTEMPTING, STREAMING -> {
                if (wrong == null) {
                    sending.write(content);
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
            routed().timeouts().onActivity(nowNanos);
            if (last) {
                onRequestEnd(nowNanos);
            }
        }
    }

    private void onRequestEnd(long nowNanos) {
        if (state == State.ATTEMPTING || state == State.STREAMING) {
            routed().question().release();
        }
        if (!McpRequests.asksForStream(head)) {
            routed().timeouts().awaitAnswer(nowNanos);
        }
        routed().deadlines().arm();
    }

    private boolean mayStillFindId() {
        return routed != null && !requestEnded && routed.question().mayStillFindId();
    }

    @Override
    public void onRequestReadComplete() {
        if (state == State.DONE) {
            return;
        }
        sending.flush();
        if (!routed().deadlines().isArmed()) {
            routed().deadlines().arm();
        }
    }

    // ---- 3. admit and send

    /** As much is known of the request as there is to know before it goes on. Each step takes the next, or refuses. */
    private void startAttempt() {
        routed = routed().settled(this, factory, record, head);
        Question question = routed().question();
        question.settle();
        Failure unfit = question.check();
        Failure wrong = unfit == null ? enterRate() : unfit;
        if (wrong == null) {
            routed().askCache(this, factory, snapshot, record, head, sending, requestEnded);
        } else {
            fail(wrong);
        }
    }

    private @Nullable Failure enterRate() {
        admission = Admission.of(this, worker, snapshot, record, head, client, routed());
        return admission == null ? null : admission.enterRate(worker.clock().nanoTime());
    }

    /** An answer is here without asking. */
    void reply(CachedReply kept) {
        finish(Outcome.SUCCESS);
        kept.writeTo(downstream);
    }

    /** There is no other way than to ask. */
    void takeSlot() {
        if (admission == null) {
            send();
        } else {
            admission.enterPlaces(worker.clock().nanoTime());
        }
    }

    /** Something has to come first; the body is held back meanwhile. */
    void hold() {
        if (state != State.WAITING) {
            moveTo(State.WAITING);
            onRequestGrew();
        }
    }

    /** Nothing is against it any more, unless the upstream itself is. */
    void send() {
        record.attemptNanos = worker.clock().nanoTime();
        Routed tried = routed();
        Failure wrong = sending.admit(tried, record.attemptNanos);
        Routed next = wrong == null ? tried : tried.movedOn(wrong, this, factory, record, head);
        if (next != tried) {
            routed = next;
            admission = Admission.moved(admission, this, worker, snapshot, record, head, client, next);
            takeSlot();
            return;
        }
        if (wrong != null) {
            fail(wrong);
            return;
        }
        boolean waited = state == State.WAITING;
        moveTo(State.ATTEMPTING);
        sending.begin(snapshot.mcp().injectMetaTrace(), record.attemptNanos);
        onRequestGrew();
        if (waited && state != State.DONE) {
            sending.flushLate();
            if (requestEnded) {
                routed().question().release();
            }
        }
    }

    private void onRequestGrew() {
        if (!requestEnded) {
            sending.onRequestGrew();
        }
    }

    @Override
    public void onUpstreamWritabilityChanged() {
        if (state == State.ATTEMPTING || state == State.STREAMING) {
            sending.onUpstreamWritabilityChanged();
            onRequestGrew();
        }
    }

    // ---- 4. answer

    @Override
    public void onInformational(HttpResponse informational) {
        if (state == State.ATTEMPTING) {
            HopByHop.strip(informational.headers(), client);
            downstream.writeInformational(informational);
        }
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        long nowNanos = worker.clock().nanoTime();
        HopByHop.strip(response.headers(), client);
        BodyType type = McpRequests.typeOf(response.headers());
        boolean grpc = type == BodyType.OTHER && GrpcCall.isOne(head);
        deliver().begin(response, type, grpc, snapshot.mcp(), nowNanos);
        if (type == BodyType.EVENT_STREAM) {
            sending.pass().judgeHead(nowNanos);
        }
    }

    private Delivery deliver() {
        moveTo(State.STREAMING);
        sending.release();
        Delivery begun = new Delivery(
                worker, downstream, record, routed().conversation(), routed().timeouts(), routed().deadlines());
        delivery = begun;
        return begun;
    }

    @Override
    public void onSwitched(HttpResponse response) {
        if (!Upgrade.isGranted(head, response)) {
            fail(Failure.of(Reason.INVALID_RESPONSE, "it switches to a protocol that was not asked for"));
            return;
        }
        long nowNanos = worker.clock().nanoTime();
        Admission.leave(admission, Outcome.SUCCESS, nowNanos);
        // A tunnel says no more about the server's health than that it could be begun.
        sending.judge(Verdict.SUCCESS);
        deliver().tunnel(response, sending.attempt(), nowNanos, () -> finish(Outcome.SUCCESS));
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
            sending.attempt().pauseReading();
        }
    }

    @Override
    public void onResponseReadComplete() {
        downstream.flush();
    }

    @Override
    public void onDownstreamWritabilityChanged() {
        if (state == State.STREAMING && sending.onDownstreamChanged()) {
            routed().timeouts().onActivity(worker.clock().nanoTime());
        }
    }

    /** Called before the last content is written, because writing it may begin the next request of the connection. */
    private void complete(@Nullable Reason reason) {
        GrpcStatus grpc = record.grpcStatus;
        boolean serverError = record.status >= 500 || (grpc != null && grpc.blamesUpstream());
        boolean refusedCall = record.status >= 400 && !record.mcpMethod.isEmpty();
        record.reason = reason;
        sending.judgeAnswer(reason != null);
        if (grpc != null) {
            finish(grpc.outcome());
            return;
        }
        if (routed().conversation().isAnsweredElsewhere() && record.status < 300) {
            routed().conversation().unanswered().parkPaired(sending.pool());
        }
        finish(serverError || refusedCall || reason != null ? Outcome.ERROR : Outcome.SUCCESS);
    }

    // ---- 5. what messages bring about

    boolean isOver() {
        return state == State.DONE;
    }

    /** A call needs no answer any more: it has it, or is cancelled. */
    void onCallSettled() {
        if (state != State.DONE && routed().conversation().calls().areSettled()) {
            routed().timeouts().answered();
        }
    }

    void onCallProgress() {
        routed().timeouts().onProgress(worker.clock().nanoTime());
        onDeadlinesMoved();
    }

    void onCallWaitsForClient() {
        routed().timeouts().onServerAsks();
    }

    /** A deadline may be nearer than the one that the timer is armed for. */
    void onDeadlinesMoved() {
        if (state != State.DONE) {
            routed().deadlines().arm();
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
        boolean lost = routed().conversation().affinity().isLostBy(failure.reason());
        fail(lost ? Failure.of(Reason.SESSION_LOST) : failure);
    }

    @Override
    public void onRequestBroken(Failure failure) {
        requestEnded = true;
        fail(failure);
    }

    private void onTimeout(Reason reason) {
        if (sending.isConnected()) {
            routed().conversation().unanswered().cancelUnanswered(sending.pool());
        }
        fail(Failure.of(reason));
    }

    @Override
    public void onDownstreamClosed() {
        if (state == State.DONE) {
            return;
        }
        if (sending.hasAttempt()) {
            boolean mayReadOn = requestEnded && (delivery == null || !delivery.isResumable());
            Conversation talk = routed().conversation();
            talk.unanswered().clientGone(sending.attempt(), sending.pool(), mayReadOn, talk::takeAnswer);
        }
        record.reason = Reason.CLIENT_GONE;
        sending.judge(Verdict.IGNORED);
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

    void fail(Failure failure) {
        if (state == State.DONE) {
            return;
        }
        if (state == State.REFUSING) {
            replyRefusal();
            return;
        }
        boolean clientWaitedFor = !requestEnded || !downstream.isWritable();
        sending.fail(failure.reason(), clientWaitedFor);
        if (state == State.STREAMING) {
            breakOff(failure);
            return;
        }
        if (routed != null && routed().question().isAnsweredInstead(failure)) {
            return;
        }
        refusal = failure;
        if (routed != null) {
            long nowNanos = worker.clock().nanoTime();
            Undelivered.keep(factory, routed, head, record, sending.pending(), failure, nowNanos);
        }
        sending.release();
        if (mayStillFindId()) {
            moveTo(State.REFUSING);
            downstream.resumeReading();
        } else {
            replyRefusal();
        }
    }

    /** The answer has begun and will not be whole: an event stream is ended with an error, anything else is cut. */
    private void breakOff(Failure failure) {
        StreamEnd end = delivery().breakOff(failure);
        boolean whole = end == StreamEnd.WHOLE;
        record.reason = whole ? null : failure.reason();
        finish(whole ? Outcome.SUCCESS : failure.reason().outcome());
        delivery().writeBreak(end, failure);
    }

    private void replyRefusal() {
        Failure failure = Objects.requireNonNull(refusal);
        LocalReply reply = GrpcCall.isOne(head)
                ? LocalReply.ofGrpc(record, failure)
                : LocalReply.of(
                        downstream.alloc(),
                        record,
                        failure,
                        routed == null ? null : routed.question(),
                        admission == null ? null : admission.refusedBy(),
                        snapshot.mcp().refusal());
        finish(failure.reason().outcome());
        reply.writeTo(downstream, client.isLostBy(failure.reason()));
    }

    // ---- 7. the end

    /** @param otherwise how it ended, unless the one call that it was about tells more */
    private void finish(Outcome otherwise) {
        moveTo(State.DONE);
        sending.release();
        record.outcome = otherwise;
        record.endNanos = worker.clock().nanoTime();
        Admission.leave(admission, otherwise, record.endNanos);
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

    private Delivery delivery() {
        return Objects.requireNonNull(delivery);
    }

    private Routed routed() {
        return Objects.requireNonNull(routed);
    }
}
