package dev.outrigger.resilience;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many calls are under way at once, exactly, over all workers; those beyond wait in one line, in the order of their coming,
 * whatever worker they are on.
 *
 * <p>A place that becomes free goes to the first in the line, by a task for that one's loop, and exactly once: whoever gives it
 * has reserved it before, and whoever waits is granted it or gone, by one compare-and-set. The line is one of all workers rather
 * than one for each, because else a worker whose calls end often would serve its own and let the others' wait.
 *
 * <p>Any thread; nothing blocks. A call that need not wait allocates nothing.
 */
public final class ConcurrencyLimiter {
    /** What {@link #tryEnter} comes to. */
    public enum Entry {
        ENTERED,
        /** All places are taken, but there is room in the line. */
        MUST_WAIT,
        FULL
    }

    /** What the end of a call says of how long calls take. */
    public enum Ending {
        /** It was answered: they take as long as it has. */
        ANSWERED,
        /** It was not answered in time: they take too long. */
        LATE,
        /** Nothing: it was refused, failed to reach anybody, or its client has left. */
        UNHEARD
    }

    private final Scope scope;
    private final String name;
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ConcurrentLinkedQueue<Ticket> line = new ConcurrentLinkedQueue<>();
    private final LongAdder queued = new LongAdder();
    private final LongAdder refusedFull = new LongAdder();
    private final LongAdder refusedLate = new LongAdder();
    private volatile Bounds bounds;

    ConcurrencyLimiter(Scope scope, String name, ConcurrencyLimitConfig config, long nowNanos) {
        this.scope = scope;
        this.name = name;
        this.bounds = Bounds.of(config, nowNanos);
    }

    /** Other bounds from now on; who is under way or waits goes on. */
    void reconfigure(ConcurrencyLimitConfig config, long nowNanos) {
        if (!config.equals(bounds.config)) {
            bounds = Bounds.of(config, nowNanos);
            serve();
        }
    }

    public Scope scope() {
        return scope;
    }

    /** Of the route, the route and the tools' pattern, or the upstream. */
    public String name() {
        return name;
    }

    public ConcurrencyLimitConfig config() {
        return bounds.config;
    }

    /** Places at the moment. */
    public int limit() {
        Bounds current = bounds;
        return current.gradient == null ? current.config.max() : current.gradient.limit();
    }

    /**
     * Asks for places.
     *
     * @param calls at least 1; more than there are places count as all of them
     */
    public Entry tryEnter(int calls) {
        if (line.isEmpty() && reserve(calls)) {
            return Entry.ENTERED;
        }
        if (waiting.get() < bounds.config.queue()) {
            return Entry.MUST_WAIT;
        }
        refusedFull.increment();
        return Entry.FULL;
    }

    /**
     * Goes to the end of the line. The ticket's task is run once, on its loop and not within this call, when its places are
     * there; unless it is {@link #giveUp given up} before.
     *
     * @return false if the line has filled up meanwhile
     */
    public boolean queue(Ticket ticket) {
        if (waiting.incrementAndGet() > bounds.config.queue()) {
            waiting.decrementAndGet();
            refusedFull.increment();
            return false;
        }
        queued.increment();
        line.add(ticket);
        // A place may have become free before the ticket was in the line.
        serve();
        return true;
    }

    /**
     * Leaves the line.
     *
     * @param late whether it is because the wait became too long
     * @return false if its places are there: its task runs, or has run
     */
    public boolean giveUp(Ticket ticket, boolean late) {
        if (!ticket.settled.compareAndSet(false, true)) {
            return false;
        }
        line.remove(ticket);
        waiting.decrementAndGet();
        if (late) {
            refusedLate.increment();
        }
        // Those behind may want less than it did.
        serve();
        return true;
    }

    /**
     * Gives places back, exactly once for each time that they were got.
     *
     * @param calls as many as were asked for
     * @param heldNanos how long they were held
     * @param ending what that says
     */
    public void leave(int calls, long heldNanos, Ending ending, long nowNanos) {
        GradientLimit gradient = bounds.gradient;
        if (gradient != null && ending != Ending.UNHEARD) {
            gradient.onSample(heldNanos, used.get(), ending == Ending.LATE, nowNanos);
        }
        giveBack(calls);
    }

    /** Gives places back that were not used. */
    public void giveBack(int calls) {
        used.addAndGet(-calls);
        if (!line.isEmpty()) {
            serve();
        }
    }

    private boolean reserve(int calls) {
        while (true) {
            int now = used.get();
            // One that is larger than the whole limit goes alone.
            if (now > 0 && now + calls > limit()) {
                return false;
            }
            if (used.compareAndSet(now, now + calls)) {
                return true;
            }
        }
    }

    private void serve() {
        while (true) {
            Ticket first = line.peek();
            if (first == null || !reserve(first.calls)) {
                return;
            }
            line.remove(first);
            if (!first.settled.compareAndSet(false, true)) {
                // Somebody else has served it, or it is gone; what was reserved for it is the next one's.
                used.addAndGet(-first.calls);
                continue;
            }
            waiting.decrementAndGet();
            try {
                first.loop.execute(first.onPlaces);
            } catch (RejectedExecutionException e) {
                // Its loop has ended, and it with that.
                used.addAndGet(-first.calls);
            }
        }
    }

    /** Calls under way. */
    public int used() {
        return used.get();
    }

    /** Exchanges in the line. */
    public int waiting() {
        return waiting.get();
    }

    /** Exchanges that have had to wait. */
    public long queued() {
        return queued.sum();
    }

    /** Exchanges refused because the line was full. */
    public long refusedFull() {
        return refusedFull.sum();
    }

    /** Exchanges refused because they had waited too long. */
    public long refusedLate() {
        return refusedLate.sum();
    }

    /** What it is a limit of. */
    public enum Scope {
        ROUTE("route"),
        TOOL("tool"),
        UPSTREAM("upstream");

        private final String label;

        Scope(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** A place in the line. */
    public static final class Ticket {
        private final int calls;
        private final Executor loop;
        private final Runnable onPlaces;
        private final AtomicBoolean settled = new AtomicBoolean();

        /**
         * @param calls as many places are waited for
         * @param loop runs {@code onPlaces}
         * @param onPlaces the places are there, to be given back with {@link ConcurrencyLimiter#leave}
         */
        public Ticket(int calls, Executor loop, Runnable onPlaces) {
            this.calls = calls;
            this.loop = loop;
            this.onPlaces = onPlaces;
        }
    }

    /** What changes together. */
    private record Bounds(
            ConcurrencyLimitConfig config, @Nullable GradientLimit gradient) {
        static Bounds of(ConcurrencyLimitConfig config, long nowNanos) {
            return new Bounds(
                    config, config.adaptive() ? new GradientLimit(config.min(), config.max(), nowNanos) : null);
        }
    }
}
