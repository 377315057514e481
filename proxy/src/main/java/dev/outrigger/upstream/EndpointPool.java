package dev.outrigger.upstream;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.UpstreamConnector;
import dev.outrigger.transport.UpstreamHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One worker's connections to one endpoint: idle ones, most recently used first, and exchanges that wait for one.
 *
 * <p>A waiter is not tied to a connect that it caused. Whatever becomes free first, a new connection or a returned one,
 * serves the oldest waiter; each connect that fails fails the oldest waiter. So nobody waits behind a slow connect while
 * connections come back. Bounds are this worker's share of the configured totals, which keeps the pool free of any
 * coordination between loops.
 *
 * <p>Idle connections are dropped before common servers drop them (Node's keep-alive is 5 s): a request sent into a
 * connection that the server is closing looks like a failure and can not safely be sent again.
 */
public final class EndpointPool implements UpstreamHandler.Owner {
    /** Waits for a connection. Called back exactly once unless cancelled; possibly before {@code acquire} returns. */
    public interface Waiter {
        void onConnection(UpstreamHandler connection);

        void onNoConnection(Failure failure);
    }

    private final Endpoint endpoint;
    private final UpstreamConnector connector;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final UpstreamGauges gauges;
    private final ArrayDeque<UpstreamHandler> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiters = new ArrayDeque<>();
    private final ConnectCallback connectCallback = new ConnectCallback();
    private final IdleTimer idleTimer = new IdleTimer();
    private final WaitTimer waitTimer = new WaitTimer();
    private PoolLimits limits;
    private int connections;
    private int connecting;
    private int active;
    private boolean closed;

    EndpointPool(
            Endpoint endpoint,
            PoolLimits limits,
            UpstreamConnector connector,
            LoopTimers timers,
            NanoClock clock,
            UpstreamGauges gauges) {
        this.endpoint = endpoint;
        this.limits = limits;
        this.connector = connector;
        this.timers = timers;
        this.clock = clock;
        this.gauges = gauges;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Connections in use plus exchanges that wait for one: what least-request compares. */
    int load() {
        return active + waiters.size();
    }

    public void acquire(Waiter waiter, long now) {
        UpstreamHandler connection = pollIdle(now);
        if (connection != null) {
            use(connection, waiter);
            return;
        }
        if (waiters.size() >= limits.maxPending()) {
            waiter.onNoConnection(Failure.unsent(Reason.POOL_FULL, null));
            return;
        }
        await(waiter, now + limits.waitNanos());
        if (mayConnect()) {
            connect();
        }
    }

    /** Whether somebody waits who is not served by a connect under way, and there is room. */
    private boolean mayConnect() {
        return connecting < waiters.size() && connections + connecting < limits.maxConnections();
    }

    /** Deadlines ascend in the line even if the limit has become shorter: nobody is given up before who came first. */
    private void await(Waiter waiter, long wantedNanos) {
        Waiting last = waiters.peekLast();
        long deadlineNanos = last == null || wantedNanos - last.deadlineNanos > 0 ? wantedNanos : last.deadlineNanos;
        waiters.add(new Waiting(waiter, deadlineNanos));
        gauges.pending++;
        if (last == null) {
            timers.arm(waitTimer, deadlineNanos);
        }
    }

    /** The waiter does not want a connection any more. */
    public void cancel(Waiter waiter) {
        if (waiters.removeIf(waiting -> waiting.waiter == waiter)) {
            gauges.pending--;
        }
    }

    /**
     * Replaces the limits, from now on. Connections beyond a smaller number close as they come to rest; who waits already
     * goes on waiting as long as was promised.
     */
    void limits(PoolLimits newLimits) {
        limits = newLimits;
        for (int excess = connections - newLimits.maxConnections(); excess > 0 && !idle.isEmpty(); excess--) {
            retire(idle.pollLast());
        }
        UpstreamHandler oldest = idle.peekLast();
        if (oldest == null) {
            timers.cancel(idleTimer);
        } else {
            timers.arm(idleTimer, oldest.idleSinceNanos() + newLimits.idleTimeoutNanos());
        }
        while (mayConnect()) {
            connect();
        }
    }

    /**
     * Keeps no connection any more: closes what is idle at once, and what is in use when it comes back. An exchange that
     * began before may still ask for a connection, and gets one of its own.
     */
    public void close() {
        closed = true;
        timers.cancel(idleTimer);
        while (!idle.isEmpty()) {
            retire(idle.pollFirst());
        }
    }

    /** Closes a connection just taken from the idle ones. */
    private void retire(UpstreamHandler connection) {
        gauges.idle--;
        discard(connection);
    }

    /** Closes a connection that is neither idle nor in use; it counts as in use until it is closed. */
    private void discard(UpstreamHandler connection) {
        active++;
        connection.close();
    }

    private @Nullable UpstreamHandler pollIdle(long now) {
        UpstreamHandler connection;
        while ((connection = idle.pollFirst()) != null) {
            boolean fresh = now - connection.idleSinceNanos() < limits.idleTimeoutNanos()
                    && now - connection.createdNanos() < limits.maxLifetimeNanos();
            if (fresh && connection.isActive()) {
                gauges.idle--;
                return connection;
            }
            retire(connection);
        }
        return null;
    }

    private void use(UpstreamHandler connection, Waiter waiter) {
        active++;
        waiter.onConnection(connection);
    }

    private void connect() {
        connecting++;
        connector.connect(endpoint.address(), limits.connectTimeoutMillis(), this, connectCallback);
    }

    @Override
    public void onReusable(UpstreamHandler connection) {
        active--;
        offer(connection);
    }

    private void offer(UpstreamHandler connection) {
        if (connections > limits.maxConnections()) {
            discard(connection);
            return;
        }
        Waiting next = waiters.poll();
        if (next != null) {
            gauges.pending--;
            use(connection, next.waiter);
        } else if (closed) {
            discard(connection);
        } else {
            connection.idleSince(clock.nanoTime());
            idle.addFirst(connection);
            gauges.idle++;
            if (!idleTimer.isArmed()) {
                timers.arm(idleTimer, connection.idleSinceNanos() + limits.idleTimeoutNanos());
            }
        }
    }

    @Override
    public void onClosed(UpstreamHandler connection) {
        connections--;
        gauges.connections--;
        if (idle.remove(connection)) {
            gauges.idle--;
        } else {
            active--;
        }
        if (mayConnect()) {
            connect();
        }
    }

    private record Waiting(Waiter waiter, long deadlineNanos) {}

    private final class ConnectCallback implements UpstreamConnector.Callback {
        @Override
        public void onConnected(UpstreamHandler connection) {
            connecting--;
            connections++;
            gauges.connections++;
            gauges.connects++;
            offer(connection);
        }

        @Override
        public void onConnectFailed(Failure failure) {
            connecting--;
            gauges.connectFailures++;
            Waiting next = waiters.poll();
            if (next != null) {
                gauges.pending--;
                next.waiter.onNoConnection(failure);
            }
        }
    }

    /** Drops connections that were idle for too long, least recently used first. */
    private final class IdleTimer extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long now) {
            UpstreamHandler oldest;
            while ((oldest = idle.peekLast()) != null) {
                long deadline = oldest.idleSinceNanos() + limits.idleTimeoutNanos();
                if (now - deadline < 0) {
                    timers.arm(this, deadline);
                    return;
                }
                idle.pollLast();
                retire(oldest);
            }
        }
    }

    /** Refuses exchanges that waited for too long. */
    private final class WaitTimer extends LoopTimers.Timer {
        @Override
        protected void onDeadline(long now) {
            Waiting first;
            while ((first = waiters.peek()) != null) {
                if (now - first.deadlineNanos < 0) {
                    timers.arm(this, first.deadlineNanos);
                    return;
                }
                waiters.poll();
                gauges.pending--;
                first.waiter.onNoConnection(
                        Failure.unsent(connecting > 0 ? Reason.CONNECT_TIMEOUT : Reason.POOL_WAIT, null));
            }
        }
    }
}
