package dev.outrigger.upstream;

import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.transport.UpstreamConnection;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A pool's connections at rest, most recently used first. Those that rest for too long are closed, the least recently used first.
 *
 * <p>They are dropped before common servers drop them (Node's keep-alive is 5 s): a request sent into a connection that the server
 * is closing looks like a failure and can not safely be sent again.
 *
 * <p>Belongs to the worker's loop.
 */
final class IdleConnections extends LoopTimers.Timer {
    private final ArrayDeque<UpstreamConnection> connections = new ArrayDeque<>();
    private final LoopTimers timers;
    private final UpstreamGauges gauges;
    private PoolLimits limits;

    IdleConnections(PoolLimits limits, LoopTimers timers, UpstreamGauges gauges) {
        this.limits = limits;
        this.timers = timers;
        this.gauges = gauges;
    }

    /** How long they may rest and live from now on. */
    void limitTo(PoolLimits changed) {
        limits = changed;
        UpstreamConnection oldest = connections.peekLast();
        if (oldest == null) {
            timers.cancel(this);
        } else {
            timers.arm(this, deadlineNanos(oldest));
        }
    }

    private long deadlineNanos(UpstreamConnection connection) {
        return connection.idleSinceNanos() + limits.idleTimeoutNanos();
    }

    void add(UpstreamConnection connection, long nowNanos) {
        connection.idleSince(nowNanos);
        connections.addFirst(connection);
        gauges.idle++;
        if (!isArmed()) {
            timers.arm(this, deadlineNanos(connection));
        }
    }

    /** One that may be used, and does not rest any more; null if there is none. Closes those that may not. */
    @Nullable
    UpstreamConnection poll(long nowNanos) {
        UpstreamConnection connection;
        while ((connection = connections.pollFirst()) != null) {
            boolean fresh = nowNanos - deadlineNanos(connection) < 0
                    && nowNanos - connection.createdNanos() < limits.maxLifetimeNanos();
            if (fresh && connection.isActive()) {
                gauges.idle--;
                return connection;
            }
            close(connection);
        }
        return null;
    }

    /** @return whether it did rest; it does not any more */
    boolean remove(UpstreamConnection connection) {
        boolean rested = connections.remove(connection);
        if (rested) {
            gauges.idle--;
        }
        return rested;
    }

    /** @return whether there was one, the oldest of which is closing now */
    boolean closeOldest() {
        UpstreamConnection oldest = connections.pollLast();
        if (oldest != null) {
            close(oldest);
        }
        return oldest != null;
    }

    void closeAll() {
        timers.cancel(this);
        while (!connections.isEmpty()) {
            close(connections.pollFirst());
        }
    }

    /** @param connection just taken from those that rest */
    private void close(UpstreamConnection connection) {
        gauges.idle--;
        connection.close();
    }

    @Override
    protected void onDeadline(long nowNanos) {
        UpstreamConnection oldest;
        while ((oldest = connections.peekLast()) != null) {
            if (nowNanos - deadlineNanos(oldest) < 0) {
                timers.arm(this, deadlineNanos(oldest));
                return;
            }
            closeOldest();
        }
    }
}
