package dev.outrigger.warmup;

/**
 * Decides when a warm-up has brought what it can bring in reasonable time: when an exchange no longer becomes cheaper.
 *
 * <p>Code becomes fast in steps, with plateaus between them while the compilers work, so one slice that is no faster than
 * the one before says little; several in a row do. The machine's other work makes slices slow, never fast: the best slice
 * so far is the measure. Asking the virtual machine whether its compilers are idle would be exact, and wait for seconds: the
 * last of the code to be compiled matters least.
 */
final class Pace {
    /** A slice holds enough exchanges to average over the script's round, also when there is little CPU. */
    private static final int SLICE_ANSWERS = 100;
    /** A slice counts as progress if it took at most this share of the best one's time. */
    private static final double PROGRESS = 0.9;
    /** Slices without progress after which it is enough. */
    private static final int PATIENCE = 3;

    private long sliceNanos;
    private long sliceAnswers;
    private double bestNanosPerAnswer = Double.MAX_VALUE;
    private int withoutProgress;

    /** @param nowNanos reading of the clock before the first exchange */
    Pace(long nowNanos) {
        this.sliceNanos = nowNanos;
    }

    /** @param answers so far */
    void onTurn(long nowNanos, long answers) {
        long newAnswers = answers - sliceAnswers;
        if (newAnswers < SLICE_ANSWERS) {
            return;
        }
        double nanosPerAnswer = (double) (nowNanos - sliceNanos) / newAnswers;
        withoutProgress = nanosPerAnswer <= bestNanosPerAnswer * PROGRESS ? 0 : withoutProgress + 1;
        bestNanosPerAnswer = Math.min(bestNanosPerAnswer, nanosPerAnswer);
        sliceNanos = nowNanos;
        sliceAnswers = answers;
    }

    boolean isSettled() {
        return withoutProgress >= PATIENCE;
    }
}
