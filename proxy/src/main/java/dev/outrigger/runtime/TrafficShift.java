package dev.outrigger.runtime;

import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.resilience.BreakerCounts;
import dev.outrigger.resilience.BreakerWindow;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Moves a route's requests from one upstream to another, a step at a time, and back at once when the new one does worse than it
 * may.
 *
 * <p>What counts against the new upstream is what counts against it with its breaker, so there is one idea of what a failure is.
 * The 99th percentile is never computed: it is above its limit exactly if more than one call in a hundred took longer, and those
 * can be counted. Nothing moves forward without evidence: a step goes on until it has seen its number of calls.
 *
 * <p>Where it stands is one immutable value behind one reference, of which workers read one number per request. Steps are made by
 * control, orders come from the operations loop; whoever is first wins, and nobody waits.
 */
public final class TrafficShift {
    private static final double SLOWEST = 0.01;
    /** Longer than any step: what is judged are all calls of a step, however long it has to wait for them. */
    private static final long WHOLE_STEP_NANOS = TimeUnit.DAYS.toNanos(10_000);

    /** As many as there are ints. */
    private static final double ALL = 0x1p32;

    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private static final AtomicReferenceFieldUpdater<TrafficShift, Position> POSITION =
            AtomicReferenceFieldUpdater.newUpdater(TrafficShift.class, Position.class, "position");

    private final String route;
    private final ShiftConfig config;
    private final long everyNanos;
    private final long slowNanos;
    private volatile Position position;

    /**
     * Begins with the first step.
     *
     * @param route the name of its route
     * @param nowNanos the clock's reading
     */
    public TrafficShift(String route, ShiftConfig config, long nowNanos) {
        this.route = route;
        this.config = config;
        this.everyNanos = TimeUnit.NANOSECONDS.convert(config.every());
        this.slowNanos = TimeUnit.NANOSECONDS.convert(config.abortWhen().p99());
        this.position = step(0, 0, "begun", nowNanos);
    }

    public String route() {
        return route;
    }

    public ShiftConfig config() {
        return config;
    }

    // ---- requests, on any loop

    /**
     * Whether a request goes to the new upstream.
     *
     * @param chance any number; equally distributed ones give the new upstream its share
     */
    public boolean takesNew(int chance) {
        return (chance & UNSIGNED) < position.newBelow;
    }

    /**
     * The new upstream has served a call, or has not.
     *
     * @param durationNanos how long it took; 0 if that says nothing
     * @param nowNanos the clock's reading
     */
    public void onCall(boolean failed, long durationNanos, long nowNanos) {
        position.window.count(failed, durationNanos > slowNanos, nowNanos);
    }

    // ---- by the clock, on control

    /**
     * Makes a step if one is due, or calls the shift off.
     *
     * @param newRefuses whether the breaker of the new upstream is open
     * @param nowNanos the clock's reading
     * @return what happened, for the log; null if nothing did
     */
    @Nullable
    Change tick(boolean newRefuses, long nowNanos) {
        Position seen = position;
        Position next =
                seen.state == State.RUNNING || seen.state == State.PAUSED ? judged(seen, newRefuses, nowNanos) : seen;
        if (next == seen || !POSITION.compareAndSet(this, seen, next)) {
            return null;
        }
        return new Change(next.state == State.ABORTED, next.share(), next.why);
    }

    private Position judged(Position seen, boolean newRefuses, long nowNanos) {
        BreakerCounts counts = BreakerCounts.of(seen.window, nowNanos);
        boolean judges = counts.calls() >= config.minCalls();
        if (newRefuses) {
            return ended(seen, State.ABORTED, "the breaker of " + config.to() + " is open", nowNanos);
        }
        if (judges && counts.failureRate() > config.abortWhen().errorRate()) {
            String why = counts.failures() + " of " + counts.calls() + " calls failed";
            return ended(seen, State.ABORTED, why, nowNanos);
        }
        if (judges && counts.slowRate() > SLOWEST) {
            String why = counts.slow() + " of " + counts.calls() + " calls took longer than p99 may";
            return ended(seen, State.ABORTED, why, nowNanos);
        }
        if (seen.state == State.PAUSED || !judges || nowNanos - seen.sinceNanos < everyNanos) {
            return seen;
        }
        return seen.step + 1 < config.steps().size()
                ? step(seen.step + 1, seen.aborts, "step " + (seen.step + 2), nowNanos)
                : ended(seen, State.DONE, "all steps went well", nowNanos);
    }

    // ---- by hand, on any thread

    /** Begins anew after an end, goes on after a pause. */
    public void start(long nowNanos) {
        change(seen -> switch (seen.state) {
            case RUNNING -> seen;
            case PAUSED -> step(seen.step, seen.aborts, "goes on by hand", nowNanos);
            case DONE, ABORTED -> step(0, seen.aborts, "begun by hand", nowNanos);
        });
    }

    /** Makes no further step; it is still called off if the new upstream does badly. Without effect after the end. */
    public void pause(long nowNanos) {
        change(seen -> seen.state == State.RUNNING
                ? new Position(
                        State.PAUSED, seen.step, seen.newBelow, seen.aborts, "paused by hand", nowNanos, seen.window)
                : seen);
    }

    /** Gives everything back to the old upstream. */
    public void abort(long nowNanos) {
        change(seen -> seen.state == State.ABORTED ? seen : ended(seen, State.ABORTED, "called off by hand", nowNanos));
    }

    /** Gives everything to the new upstream, whatever its calls say. */
    public void promote(long nowNanos) {
        change(seen -> ended(seen, State.DONE, "promoted by hand", nowNanos));
    }

    private void change(UnaryOperator<Position> order) {
        Position seen;
        do {
            seen = position;
        } while (!POSITION.compareAndSet(this, seen, order.apply(seen)));
    }

    /**
     * Where it stands.
     *
     * @param nowNanos the clock's reading
     */
    public Status status(long nowNanos) {
        Position now = position;
        return new Status(
                now.state,
                now.step + 1,
                now.share(),
                nowNanos - now.sinceNanos,
                now.why,
                BreakerCounts.of(now.window, nowNanos),
                now.aborts);
    }

    private Position step(int step, int aborts, String why, long nowNanos) {
        return at(State.RUNNING, step, config.steps().get(step), aborts, why, nowNanos);
    }

    private Position ended(Position seen, State state, String why, long nowNanos) {
        boolean aborted = state == State.ABORTED;
        return at(state, seen.step, aborted ? 0 : 1, seen.aborts + (aborted ? 1 : 0), why, nowNanos);
    }

    private Position at(State state, int step, double share, int aborts, String why, long nowNanos) {
        BreakerWindow window = new BreakerWindow(WHOLE_STEP_NANOS, nowNanos);
        return new Position(state, step, Math.round(share * ALL), aborts, why, nowNanos, window);
    }

    /** What it is doing. */
    public enum State {
        RUNNING,
        PAUSED,
        /** The new upstream has everything. */
        DONE,
        /** The old upstream has everything again. */
        ABORTED;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where a shift stands.
     *
     * @param step the step that it is in or was in at the end, from 1
     * @param share of the requests that the new upstream gets, 0 to 1
     * @param elapsedNanos since the last change
     * @param why the last change was made
     * @param counts the calls of the new upstream since then
     * @param aborts how often it was called off
     */
    public record Status(
            State state, int step, double share, long elapsedNanos, String why, BreakerCounts counts, int aborts) {}

    /**
     * What has happened by the clock.
     *
     * @param share that the new upstream gets from now on, 0 to 1
     * @param why a short phrase for the log
     */
    public record Change(boolean aborted, double share, String why) {}

    /** @param newBelow as many of all ints go to the new upstream */
    private record Position(
            State state, int step, long newBelow, int aborts, String why, long sinceNanos, BreakerWindow window) {
        double share() {
            return newBelow / ALL;
        }
    }
}
