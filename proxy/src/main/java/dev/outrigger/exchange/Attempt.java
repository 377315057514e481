package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.http.PendingBody;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.upstream.EndpointPool;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One try of an exchange at one endpoint: waits for a connection, sends the request, passes on what comes back. Tells its
 * listener of one ending, the last content or one failure, and of nothing after that.
 */
final class Attempt implements EndpointPool.Waiter, ResponseSink {
    private AttemptGate gate;
    private AttemptListener listener;
    private final EndpointPool pool;
    private final HttpRequest head;
    private final PendingBody pending;
    private final Replays replays;
    private final EndpointReport report;
    private @Nullable UpstreamStream connection;
    private boolean over;

    /**
     * @param gate heard before the listener
     * @param pending what has arrived of the body; more is added to it until there is a connection, or the answer's head
     * @param replays says how much of the body is kept
     * @param report told how it goes
     */
    Attempt(
            AttemptGate gate,
            AttemptListener listener,
            EndpointPool pool,
            HttpRequest head,
            PendingBody pending,
            Replays replays,
            EndpointReport report) {
        this.gate = gate;
        this.report = report;
        this.listener = listener;
        this.pool = pool;
        this.head = head;
        this.pending = pending;
        this.replays = replays;
    }

    void start(long nowNanos) {
        pool.acquire(this, nowNanos);
    }

    // ---- request

    void writeContent(HttpContent content) {
        UpstreamStream current = connection;
        if (current == null) {
            pending.add(content);
        } else {
            pending.pass(content, current);
        }
    }

    void flush() {
        UpstreamStream current = connection;
        if (current != null) {
            current.flush();
        }
    }

    /** Whether more of the request may be written without piling up. */
    boolean isWritable() {
        UpstreamStream current = connection;
        return current != null && current.isWritable();
    }

    boolean isConnected() {
        return connection != null;
    }

    /** Leaves HTTP, when the listener was told that the upstream does. */
    TunnelStream switchProtocols() {
        return Objects.requireNonNull(connection).switchProtocols();
    }

    void pauseReading() {
        UpstreamStream current = connection;
        if (current != null && !over) {
            current.pauseReading();
        }
    }

    void resumeReading() {
        UpstreamStream current = connection;
        if (current != null && !over) {
            current.resumeReading();
        }
    }

    /** From now on somebody else hears of it. */
    void handOver(AttemptListener heir) {
        gate = AttemptGate.NONE;
        listener = heir;
    }

    boolean isOver() {
        return over;
    }

    /** {@link #cancel() Gives the try up} because of something that may be the endpoint's fault. */
    void giveUp(Reason reason) {
        if (!over) {
            report.onFailed(reason);
            cancel();
        }
    }

    /** {@link #cancel() Gives the try up} because one that was begun later has been faster. */
    void overtaken() {
        if (!over) {
            report.onOvertaken();
            cancel();
        }
    }

    /** Gives the try up: no further call to the listener, and the connection is not used again. */
    void cancel() {
        if (over) {
            return;
        }
        over = true;
        UpstreamStream current = connection;
        if (current == null) {
            pool.cancel(this);
        } else {
            current.cancel();
        }
    }

    // ---- connection

    @Override
    public void onConnection(UpstreamStream ready) {
        connection = ready;
        report.onSent();
        ready.start(head, this);
        pending.drainTo(ready, replays.keepBytes());
        gate.onConnected(this);
    }

    @Override
    public void onNoConnection(Failure failure) {
        onResponseFailed(failure);
    }

    @Override
    public void onHeadSent() {
        if (!replays.keepsWhatWasSent()) {
            pending.release();
        }
    }

    // ---- answer

    @Override
    public void onInformational(HttpResponse informational) {
        if (gate.isHeard(this)) {
            listener.onInformational(informational);
        }
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        report.onHead(response.status().code());
        if (gate.takesHead(this, response)) {
            listener.onResponseHead(response);
        } else {
            report.onEnd();
        }
    }

    @Override
    public void onSwitched(HttpResponse response) {
        if (gate.takesHead(this, response)) {
            listener.onSwitched(response);
        }
    }

    @Override
    public void onResponseContent(HttpContent content) {
        if (content instanceof LastHttpContent) {
            over = true;
            report.onEnd();
        }
        listener.onResponseContent(content);
    }

    @Override
    public void onResponseReadComplete() {
        listener.onResponseReadComplete();
    }

    @Override
    public void onUpstreamWritabilityChanged() {
        if (gate.isHeard(this)) {
            listener.onUpstreamWritabilityChanged();
        }
    }

    @Override
    public void onResponseFailed(Failure failure) {
        over = true;
        report.onFailed(failure.reason());
        if (gate.takesFailure(this, failure)) {
            listener.onAttemptFailed(failure);
        }
    }
}
