package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.ConcurrencyLimiter.Ending;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.resilience.ConcurrencyLimiter.Ticket;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.runtime.Worker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The places that one exchange takes of limits on what is under way: one limit after the other, waiting where it must, all given
 * back once.
 *
 * <p>From the narrowest to the widest, and by name where a batch wants those of several tools. Whoever waits for a slow tool's place
 * must not hold one of the route meanwhile, which other tools could use; and as all take them in that order, nobody waits for
 * somebody who waits for him.
 *
 * <p>The wait has a timer of its own, besides the deadlines of the exchange, which go on.
 */
final class Places extends LoopTimers.Timer {
    private static final class Place {
        private final ConcurrencyLimiter limiter;
        private int calls;
        private long sinceNanos;

        Place(ConcurrencyLimiter limiter) {
            this.limiter = limiter;
        }
    }

    private static final Comparator<Place> FROM_NARROW_TO_WIDE = Comparator.comparingInt(
                    (Place place) -> width(place.limiter.scope()))
            .thenComparing(place -> place.limiter.name());

    private final Worker worker;
    private final Timeouts timeouts;
    private final Consumer<@Nullable Failure> onward;
    private final List<Place> wanted = new ArrayList<>(2);
    /** The first so many of those wanted. */
    private int held;

    private @Nullable Ticket ticket;
    private @Nullable Failure refusal;
    private boolean left;

    /**
     * @param onward told on this loop, not within {@link #enter}, if that has to wait: null once all places are held, else why
     *     they will not be
     */
    Places(Worker worker, Timeouts timeouts, Consumer<@Nullable Failure> onward) {
        this.worker = worker;
        this.timeouts = timeouts;
        this.onward = onward;
    }

    /** Before {@link #enter}, or for what has to be entered as well then. */
    void add(@Nullable ConcurrencyLimiter limiter, int calls) {
        if (limiter == null) {
            return;
        }
        Place place = wanted.stream()
                .filter(other -> other.limiter == limiter)
                .findFirst()
                .orElse(null);
        if (place == null) {
            place = new Place(limiter);
            wanted.add(place);
        }
        place.calls += calls;
    }

    /** @return whether all places are held; if not, it waits unless there is a {@link #refusal} */
    boolean enter(long nowNanos) {
        if (held == 0 && wanted.size() > 1) {
            wanted.sort(FROM_NARROW_TO_WIDE);
        }
        while (held < wanted.size()) {
            Place next = wanted.get(held);
            switch (next.limiter.tryEnter(next.calls)) {
                case ENTERED -> {
                    next.sinceNanos = nowNanos;
                    held++;
                }
                case MUST_WAIT -> {
                    await(next, nowNanos);
                    return false;
                }
                case FULL -> {
                    refusal = Failure.of(Reason.QUEUE_FULL);
                    return false;
                }
            }
        }
        return true;
    }

    private static int width(Scope scope) {
        return switch (scope) {
            case TOOL -> 0;
            case ROUTE -> 1;
            case UPSTREAM -> 2;
        };
    }

    private void await(Place place, long nowNanos) {
        Ticket taken = new Ticket(place.calls, worker.loop(), this::onPlace);
        ticket = taken;
        if (!place.limiter.queue(taken)) {
            ticket = null;
            refusal = Failure.of(Reason.QUEUE_FULL);
            return;
        }
        long longestNanos = Math.min(place.limiter.config().queueTimeout().toNanos(), timeouts.timeoutNanos());
        worker.timers().arm(this, nowNanos + longestNanos);
    }

    private void onPlace() {
        ticket = null;
        worker.timers().cancel(this);
        Place got = wanted.get(held);
        if (left) {
            got.limiter.giveBack(got.calls);
            return;
        }
        long nowNanos = worker.clock().nanoTime();
        got.sinceNanos = nowNanos;
        held++;
        if (enter(nowNanos)) {
            onward.accept(null);
        } else if (refusal != null) {
            onward.accept(refusal);
        }
    }

    @Override
    protected void onDeadline(long nowNanos) {
        Ticket waiting = ticket;
        if (waiting != null && wanted.get(held).limiter.giveUp(waiting, true)) {
            ticket = null;
            refusal = Failure.of(Reason.QUEUE_TIMEOUT);
            onward.accept(refusal);
        }
    }

    /** All are held: gives those of the limit that was added last back, which were not used. */
    void giveBackLast() {
        Place last = wanted.remove(--held);
        last.limiter.giveBack(last.calls);
    }

    /** Why the places will not be there; null if nothing is against it yet. */
    @Nullable
    Failure refusal() {
        return refusal;
    }

    /** See {@link Admission#leave}. */
    void leave(Ending ending, long nowNanos) {
        if (left) {
            return;
        }
        left = true;
        worker.timers().cancel(this);
        Ticket waiting = ticket;
        if (waiting != null) {
            // If its places are on their way here, they are given back when they come.
            wanted.get(held).limiter.giveUp(waiting, false);
        }
        for (int i = held - 1; i >= 0; i--) {
            Place place = wanted.get(i);
            place.limiter.leave(place.calls, nowNanos - place.sinceNanos, ending, nowNanos);
        }
    }
}
