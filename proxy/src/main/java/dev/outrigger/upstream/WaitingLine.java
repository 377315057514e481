package dev.outrigger.upstream;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Exchanges that wait for a connection of one pool, oldest first, none for longer than was promised to it. */
final class WaitingLine extends LoopTimers.Timer {
    private final ArrayDeque<Waiting> waiters = new ArrayDeque<>();
    private final LoopTimers timers;
    private final UpstreamGauges gauges;
    private final BooleanSupplier connecting;

    /** @param connecting whether a connect is under way, which is then what took too long */
    WaitingLine(LoopTimers timers, UpstreamGauges gauges, BooleanSupplier connecting) {
        this.timers = timers;
        this.gauges = gauges;
        this.connecting = connecting;
    }

    int size() {
        return waiters.size();
    }

    /** Deadlines ascend in the line even if the limit has become shorter: nobody is given up before who came first. */
    void add(EndpointPool.Waiter waiter, long wantedNanos) {
        Waiting last = waiters.peekLast();
        long deadlineNanos = last == null || wantedNanos - last.deadlineNanos > 0 ? wantedNanos : last.deadlineNanos;
        waiters.add(new Waiting(waiter, deadlineNanos));
        gauges.pending++;
        if (last == null) {
            timers.arm(this, deadlineNanos);
        }
    }

    /** Takes the oldest out; null if nobody waits. */
    EndpointPool.@Nullable Waiter poll() {
        Waiting first = waiters.poll();
        if (first == null) {
            return null;
        }
        gauges.pending--;
        return first.waiter;
    }

    /** @return whether it was in the line */
    boolean remove(EndpointPool.Waiter waiter) {
        boolean removed = waiters.removeIf(waiting -> waiting.waiter == waiter);
        if (removed) {
            gauges.pending--;
        }
        return removed;
    }

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
                    Failure.unsent(connecting.getAsBoolean() ? Reason.CONNECT_TIMEOUT : Reason.POOL_WAIT, null));
        }
    }

    private record Waiting(EndpointPool.Waiter waiter, long deadlineNanos) {}
}
