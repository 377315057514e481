package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.HopByHop;
import dev.outrigger.http.PendingBody;
import dev.outrigger.http.RequestSink;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as one state machine: route, scan, admit, send, pass the answer on, record.
 *
 * <p>One machine rather than a chain of filters, because what matters here (holding a body back, refusing late, coupling the
 * pressure of two connections, ending exactly once) spans both sides; in filters each of them leaks into all. It decides
 * nothing about sockets ({@link DownstreamStream}, {@link Attempt}) and nothing about policy (breaker, pools, timeouts); it
 * keeps their order.
 *
 * <p>Every way ends in {@link #finish}, once; {@link State} has no step out of {@code DONE}.
 */
final class Exchange implements RequestSink {
    /** What is taken in of a body while its connection is not there yet. */
    private static final long CONNECT_BUFFER_BYTES = 64 * 1024;

    private final ExchangeFactory factory;
    private final Worker worker;
    private final Snapshot snapshot;
    private final DownstreamStream downstream;
    private final HttpRequest head;
    private final ClientInfo client;
    private final ExchangeRecord record = new ExchangeRecord();
    private final BreakerPass pass = new BreakerPass(record);
    private final PendingBody pending = new PendingBody();
    private final DeadlineTimer timer = new DeadlineTimer();

    private State state = State.HEAD;
    private @Nullable McpScanner scanner;
    private @Nullable Timeouts timeouts;
    private @Nullable Upstream upstream;
    private @Nullable Attempt attempt;
    private @Nullable Failure refusal;
    private boolean starting;
    private boolean requestEnded;

    Exchange(ExchangeFactory factory, Worker worker, DownstreamStream downstream, HttpRequest head, ClientInfo client) {
        this.factory = factory;
        this.worker = worker;
        this.snapshot = worker.snapshot();
        this.downstream = downstream;
        this.head = head;
        this.client = client;
    }

    // ---- 1. head: route

    void begin() {
        record.startNanos = worker.clock().nanoTime();
        RecordFiller.fillFromHead(record, head, client, worker, factory.isTraced());
        Route matched = snapshot.routes().match(head.uri());
        if (matched == null) {
            fail(Failure.of(Reason.NO_ROUTE));
            return;
        }
        record.route = matched.name();
        timeouts = new Timeouts(matched, record.startNanos);
        upstream = snapshot.upstream(matched);
        record.upstream = upstream.name();
        if (McpRequests.mayBeMcp(head)) {
            scanner = factory.borrowScanner();
            moveTo(State.SCANNING);
            downstream.writeContinue();
        } else {
            startAttempt();
        }
    }

    // ---- 2. body: scan, then pass on

    @Override
    public void onRequestContent(HttpContent content) {
        record.requestBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        scan(content, last);
        requestEnded |= last;
        switch (state) {
            case SCANNING -> {
                pending.add(content);
                if (last || isRoutable()) {
                    startAttempt();
                }
            }
            case ATTEMPTING, STREAMING -> {
                current().writeContent(content);
                pauseClientIfFull();
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
            deadlines().onActivity(nowNanos);
            if (last) {
                deadlines().awaitAnswer(nowNanos);
                armTimer();
            }
        }
    }

    private void scan(HttpContent content, boolean last) {
        McpScanner current = scanner;
        if (current == null || current.facts().isComplete()) {
            return;
        }
        current.feed(content.content());
        if (last) {
            current.end();
        }
    }

    private boolean isRoutable() {
        return scanner == null || scanner.facts().isRoutable() || pending.bytes() >= snapshot.scanLimitBytes();
    }

    private boolean mayStillFindId() {
        return scanner != null
                && !requestEnded
                && !scanner.facts().isComplete()
                && record.requestBytes < snapshot.scanLimitBytes();
    }

    @Override
    public void onRequestReadComplete() {
        if (state == State.DONE) {
            return;
        }
        if (attempt != null) {
            attempt.flush();
        }
        if (!timer.isArmed()) {
            armTimer();
        }
    }

    // ---- 3. admit and send

    private void startAttempt() {
        moveTo(State.ATTEMPTING);
        long nowNanos = worker.clock().nanoTime();
        record.attemptNanos = nowNanos;
        Upstream target = Objects.requireNonNull(upstream);
        RecordFiller.fillFromFacts(record, scanner, worker, factory.isObserved());
        if (!pass.enter(target.breaker(), nowNanos)) {
            fail(Failure.of(Reason.BREAKER_OPEN));
            return;
        }
        EndpointPool pool = worker.pools(target).pick();
        record.endpoint = pool.endpoint().name();
        record.attempts++;
        RequestHeadRewriter.rewrite(head, record, client, worker.traces(), factory.isTraced());
        Attempt made = new Attempt(this, pool, head, pending);
        attempt = made;
        starting = true;
        made.start(nowNanos);
        starting = false;
        pauseClientIfFull();
    }

    void onConnected() {
        downstream.writeContinue();
        if (!starting) {
            // Otherwise the read that brought the request flushes once for all of it.
            current().flush();
            resumeClientIfWritable();
        }
    }

    private void pauseClientIfFull() {
        Attempt current = attempt;
        if (current == null || requestEnded) {
            return;
        }
        boolean full = current.isConnected() ? !current.isWritable() : pending.bytes() >= CONNECT_BUFFER_BYTES;
        if (full) {
            downstream.pauseReading();
        }
    }

    private void resumeClientIfWritable() {
        if (current().isWritable()) {
            downstream.resumeReading();
        }
    }

    void onUpstreamWritabilityChanged() {
        if (state == State.ATTEMPTING || state == State.STREAMING) {
            resumeClientIfWritable();
            pauseClientIfFull();
        }
    }

    // ---- 4. answer

    void onInformational(HttpResponse informational) {
        if (state == State.ATTEMPTING) {
            HopByHop.strip(informational.headers());
            downstream.writeInformational(informational);
        }
    }

    void onResponseHead(HttpResponse response) {
        long nowNanos = worker.clock().nanoTime();
        moveTo(State.STREAMING);
        record.headNanos = nowNanos;
        record.status = response.status().code();
        HopByHop.strip(response.headers());
        deadlines().onActivity(nowNanos);
        if (McpRequests.isEventStream(response.headers())) {
            pass.judgeSoFar(record.status >= 500 ? Verdict.FAILURE : Verdict.SUCCESS, nowNanos);
        }
        if (record.mcpMethod.isEmpty() || !McpRequests.isJson(response.headers())) {
            deadlines().answered();
        }
        downstream.writeHead(response);
    }

    void onResponseContent(HttpContent content) {
        record.responseBytes += content.content().readableBytes();
        if (content instanceof LastHttpContent) {
            complete();
            downstream.writeContent(content);
            downstream.flush();
            return;
        }
        deadlines().onActivity(worker.clock().nanoTime());
        downstream.writeContent(content);
        if (!downstream.isWritable()) {
            current().pauseReading();
        }
    }

    void onResponseReadComplete() {
        downstream.flush();
    }

    @Override
    public void onDownstreamWritabilityChanged() {
        Attempt current = attempt;
        if (current == null || state != State.STREAMING) {
            return;
        }
        if (downstream.isWritable()) {
            deadlines().onActivity(worker.clock().nanoTime());
            current.resumeReading();
        } else {
            current.pauseReading();
        }
    }

    /** Called before the last content is written, because writing it may begin the next request of the connection. */
    private void complete() {
        boolean serverError = record.status >= 500;
        boolean refusedCall = record.status >= 400 && !record.mcpMethod.isEmpty();
        pass.leave(
                serverError ? Verdict.FAILURE : Verdict.SUCCESS, worker.clock().nanoTime());
        finish(serverError || refusedCall ? Outcome.ERROR : Outcome.SUCCESS);
    }

    // ---- 5. everything that goes wrong

    void onAttemptFailed(Failure failure) {
        fail(failure);
    }

    @Override
    public void onRequestBroken(Failure failure) {
        requestEnded = true;
        fail(failure);
    }

    private void onTimeout(Reason reason) {
        fail(Failure.of(reason));
    }

    @Override
    public void onDownstreamClosed() {
        if (state == State.DONE) {
            return;
        }
        if (attempt != null) {
            attempt.cancel();
        }
        record.reason = Reason.CLIENT_GONE;
        pass.leave(Verdict.IGNORED, worker.clock().nanoTime());
        finish(Outcome.CANCELLED);
    }

    private void fail(Failure failure) {
        if (state == State.DONE) {
            return;
        }
        if (state == State.REFUSING) {
            replyRefusal();
            return;
        }
        pass.leave(verdict(failure.reason()), worker.clock().nanoTime());
        if (attempt != null) {
            attempt.cancel();
        }
        if (state == State.STREAMING) {
            record.reason = failure.reason();
            finish(failure.reason().outcome());
            downstream.abort();
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

    /** A silence or a long stream that the client caused, or wanted, says nothing about the upstream. */
    private Verdict verdict(Reason reason) {
        boolean clientsDoing = reason == Reason.MAX_DURATION
                || (reason == Reason.IDLE_TIMEOUT && (!requestEnded || !downstream.isWritable()));
        return reason.blamesUpstream() && !clientsDoing ? Verdict.FAILURE : Verdict.IGNORED;
    }

    private void replyRefusal() {
        Failure failure = Objects.requireNonNull(refusal);
        RecordFiller.fillFromFacts(record, scanner, worker, factory.isObserved());
        long retryAfterNanos = failure.reason() == Reason.BREAKER_OPEN
                ? pass.retryAfterNanos(worker.clock().nanoTime())
                : 0;
        LocalReply reply = LocalReply.of(
                downstream.alloc(), record, failure, scanner == null ? null : scanner.facts(), retryAfterNanos);
        record.reason = failure.reason();
        record.status = reply.status();
        record.responseBytes = reply.bodyBytes();
        finish(failure.reason().outcome());
        reply.writeTo(downstream);
    }

    // ---- 6. the end

    private void finish(Outcome outcome) {
        moveTo(State.DONE);
        worker.timers().cancel(timer);
        pending.release();
        RecordFiller.fillFromFacts(record, scanner, worker, factory.isObserved());
        if (scanner != null) {
            factory.returnScanner(scanner);
            scanner = null;
        }
        record.outcome = outcome;
        record.endNanos = worker.clock().nanoTime();
        factory.finished(record);
    }

    private void moveTo(State target) {
        state = state.to(target);
    }

    private Attempt current() {
        return Objects.requireNonNull(attempt);
    }

    private Timeouts deadlines() {
        return Objects.requireNonNull(timeouts);
    }

    private void armTimer() {
        worker.timers().arm(timer, deadlines().nextNanos());
    }

    private final class DeadlineTimer extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            long next = deadlines().nextNanos();
            if (nowNanos - next < 0) {
                worker.timers().arm(this, next);
            } else {
                onTimeout(deadlines().passed(nowNanos));
            }
        }
    }
}
