package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.http.ResponseSink;
import dev.outrigger.http.UpstreamStream;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.upstream.EndpointPool;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** A message of the proxy's own to an upstream. Nobody waits for its answer, which is read so that the connection stays good. */
final class SideRequest implements EndpointPool.Waiter, ResponseSink {
    /** Longer than any server needs to take note of something. */
    private static final long LIMIT_NANOS = 5_000_000_000L;

    private final LoopTimers timers;
    private final EndpointPool pool;
    private final HttpRequest head;
    private final ByteBuf body;
    private final Deadline deadline = new Deadline();
    private @Nullable UpstreamStream connection;

    private SideRequest(LoopTimers timers, EndpointPool pool, HttpRequest head, ByteBuf body) {
        this.timers = timers;
        this.pool = pool;
        this.head = head;
        this.body = body;
    }

    /**
     * Sends it, now or as soon as there is a connection.
     *
     * @param body given up
     */
    static void send(LoopTimers timers, EndpointPool pool, HttpRequest head, ByteBuf body, long nowNanos) {
        SideRequest request = new SideRequest(timers, pool, head, body);
        timers.arm(request.deadline, nowNanos + LIMIT_NANOS);
        pool.acquire(request, nowNanos);
    }

    @Override
    public void onConnection(UpstreamStream ready) {
        connection = ready;
        ready.start(head, this);
        ready.writeContent(new DefaultLastHttpContent(body));
        ready.flush();
    }

    @Override
    public void onNoConnection(Failure failure) {
        timers.cancel(deadline);
        body.release();
    }

    @Override
    public void onResponseContent(HttpContent content) {
        content.release();
        if (content instanceof LastHttpContent) {
            timers.cancel(deadline);
        }
    }

    @Override
    public void onResponseFailed(Failure failure) {
        timers.cancel(deadline);
    }

    @Override
    public void onInformational(HttpResponse informational) {}

    @Override
    public void onResponseHead(HttpResponse response) {}

    @Override
    public void onResponseReadComplete() {}

    @Override
    public void onUpstreamWritabilityChanged() {}

    private final class Deadline extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            UpstreamStream current = connection;
            if (current != null) {
                current.cancel();
            } else {
                pool.cancel(SideRequest.this);
                body.release();
            }
        }
    }
}
