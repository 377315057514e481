package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.PendingBody;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.transport.UpstreamHandler;
import dev.outrigger.upstream.EndpointPool;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One try of an exchange at one endpoint: waits for a connection, sends the request, passes on what comes back. Tells its
 * listener of one ending, the last content or one failure, and of nothing after that.
 */
final class Attempt implements EndpointPool.Waiter, ResponseSink {
    private AttemptListener listener;
    private final EndpointPool pool;
    private final HttpRequest head;
    private final PendingBody pending;
    private @Nullable UpstreamHandler connection;
    private boolean over;

    /** @param pending what has arrived of the body; more is added to it until there is a connection */
    Attempt(AttemptListener listener, EndpointPool pool, HttpRequest head, PendingBody pending) {
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
        UpstreamHandler current = connection;
        if (current == null) {
            pending.add(content);
        } else {
            current.writeContent(content);
        }
    }

    void flush() {
        UpstreamHandler current = connection;
        if (current != null) {
            current.flush();
        }
    }

    /** Whether more of the request may be written without piling up. */
    boolean isWritable() {
        UpstreamHandler current = connection;
        return current != null && current.isWritable();
    }

    boolean isConnected() {
        return connection != null;
    }

    void pauseReading() {
        UpstreamHandler current = connection;
        if (current != null && !over) {
            current.pauseReading();
        }
    }

    void resumeReading() {
        UpstreamHandler current = connection;
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

    /** Gives the try up: no further call to the listener, and the connection is not used again. */
    void cancel() {
        if (over) {
            return;
        }
        over = true;
        UpstreamHandler current = connection;
        if (current == null) {
            pool.cancel(this);
        } else {
            current.cancel();
        }
    }

    // ---- connection

    @Override
    public void onConnection(UpstreamHandler ready) {
        connection = ready;
        ready.start(head, this);
        pending.drainTo(ready);
        listener.onConnected();
    }

    @Override
    public void onNoConnection(Failure failure) {
        over = true;
        listener.onAttemptFailed(failure);
    }

    // ---- answer

    @Override
    public void onInformational(HttpResponse informational) {
        listener.onInformational(informational);
    }

    @Override
    public void onResponseHead(HttpResponse response) {
        listener.onResponseHead(response);
    }

    @Override
    public void onResponseContent(HttpContent content) {
        over |= content instanceof LastHttpContent;
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
        listener.onAttemptFailed(failure);
    }
}
