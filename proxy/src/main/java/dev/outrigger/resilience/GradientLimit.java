package dev.outrigger.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A limit that follows what is behind it, as Gradient2 of Netflix's concurrency-limits: the longer calls take compared with what
 * they took in the long run, the lower it becomes, down to half at a time; while they do not and it is used, it grows by what a
 * short queue needs.
 *
 * <p>Samples of all threads are added up, and judged by one of them every {@link #WINDOW_NANOS}: each call's own time says
 * little, and one that judged each would have all threads write one field. Nothing blocks; judging allocates, a few times a
 * second.
 */
final class GradientLimit {
    static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Fewer say nothing; the window then goes on. */
    static final int FEWEST_SAMPLES = 10;

    /** How much longer than usual calls may take without consequence, as there. */
    private static final double TOLERANCE = 1.5;
    /** What the limit is allowed beyond what is used, so that it can grow at all. */
    private static final double QUEUE = 4;
    /** Weight of the new limit against the old one, as there. */
    private static final double SMOOTHING = 0.2;
    /** Weight of a window in what calls take in the long run: about a minute of them. */
    private static final double LONG_WEIGHT = 0.004;
    /** Until there are so many windows, each weighs more: the mean of them. */
    private static final int WARM_UP = 10;
    /** A window in which calls were given up on counts as one in which all took twice as long as is tolerable. */
    private static final double FAILED_GRADIENT = 0.75;

    private record State(double limit, double longNanos, int windows) {}

    private final int min;
    private final int max;
    private final AtomicLong windowEndNanos;
    private final LongAdder samples = new LongAdder();
    private final LongAdder sumNanos = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile State state;

    GradientLimit(int min, int max, long nowNanos) {
        this.min = min;
        this.max = max;
        this.windowEndNanos = new AtomicLong(nowNanos + WINDOW_NANOS);
        this.state = new State(Math.min(max, Math.max(min, 20)), 0, 0);
    }

    int limit() {
        return (int) state.limit;
    }

    /**
     * A call has ended.
     *
     * @param used calls that were under way, itself included
     * @param failed whether it was given up on
     */
    void onSample(long tookNanos, int used, boolean failed, long nowNanos) {
        samples.increment();
        sumNanos.add(tookNanos);
        if (failed) {
            failures.increment();
        }
        long end = windowEndNanos.get();
        if (nowNanos - end >= 0
                && samples.sum() >= FEWEST_SAMPLES
                && windowEndNanos.compareAndSet(end, nowNanos + WINDOW_NANOS)) {
            judge(used);
        }
    }

    private void judge(int used) {
        long count = Math.max(1, samples.sumThenReset());
        double shortNanos = Math.max(1, (double) sumNanos.sumThenReset() / count);
        boolean failed = failures.sumThenReset() > 0;
        State before = state;
        int windows = before.windows + 1;
        double weight = Math.max(LONG_WEIGHT, windows <= WARM_UP ? 1.0 / windows : 0);
        double longNanos = before.longNanos + (shortNanos - before.longNanos) * weight;
        if (longNanos > 2 * shortNanos) {
            // What was slow is over: come down sooner than the average would.
            longNanos *= 0.95;
        }
        double limit = before.limit;
        double gradient = Math.max(0.5, Math.min(1, TOLERANCE * longNanos / shortNanos));
        if (failed) {
            gradient = Math.min(gradient, FAILED_GRADIENT);
        }
        // One that is not used says nothing about what more of it would do.
        if (gradient < 1 || used >= limit / 2) {
            double wanted = limit * gradient + (failed ? 0 : QUEUE);
            limit = limit * (1 - SMOOTHING) + wanted * SMOOTHING;
        }
        state = new State(Math.max(min, Math.min(max, limit)), longNanos, windows);
    }
}
