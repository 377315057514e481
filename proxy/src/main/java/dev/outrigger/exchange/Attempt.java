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
    /** What is kept of a request that may be refused; as much as linkerd keeps to replay it. */
    private static final long REPLAY_BYTES = 64 * 1024;

    private AttemptListener listener;
    private final EndpointPool pool;
    private final HttpRequest head;
    private final PendingBody pending;
    private final EndpointReport report;
    private @Nullable UpstreamStream connection;
    private boolean over;

    /**
     * @param pending what has arrived of the body; more is added to it until there is a connection, or the answer's head
     * @param report told how it goes
     */
    Attempt(
            AttemptListener listener,
            EndpointPool pool,
            HttpRequest head,
            PendingBody pending,
            EndpointReport report) {
        this.report = report;
        this.listener = listener;
        this.pool = pool;
        this.head = head;
        this.pending = pending;
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
        pending.drainTo(ready, ready.mayBeRefused() ? REPLAY_BYTES : 0);
        listener.onConnected();
    }

    @Override
    public void onNoConnection(Failure failure) {
        over = true;
        report.onFailed(failure.reason());
        listener.onAttemptFailed(failure);
    }

    // ---- answer

    @Override
    public void onInformational(HttpResponse informational) {
        listener.onInformational(informational);
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        report.onHead(response.status().code());
        listener.onResponseHead(response);
    }

    @Override
    public void onSwitched(HttpResponse response) {
        listener.onSwitched(response);
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
        listener.onUpstreamWritabilityChanged();
    }

    @Override
    public void onResponseFailed(Failure failure) {
        over = true;
        report.onFailed(failure.reason());
        listener.onAttemptFailed(failure);
    }
}
