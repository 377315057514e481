package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.route.Route;

/**
 * The deadlines of one exchange, looked at by one timer.
 *
 * <p>Three clocks run: silence (every byte restarts it), the answer (from the end of the request), and the hard cap. Restarting
 * writes one field; the timer finds out when it fires and arms itself for what is left.
 */
final class Timeouts {
    private final Route route;
    private final long startNanos;
    private long activityNanos;
    private long answerDeadlineNanos;
    private boolean awaitsAnswer;

    Timeouts(Route route, long startNanos) {
        this.route = route;
        this.startNanos = startNanos;
        this.activityNanos = startNanos;
    }

    /** Bytes moved. */
    void onActivity(long nowNanos) {
        activityNanos = nowNanos;
    }

    /** The request is complete: the time of the answer runs. */
    void awaitAnswer(long nowNanos) {
        awaitsAnswer = true;
        answerDeadlineNanos = nowNanos + route.timeoutNanos();
    }

    /** The answer is here, or has become a stream that may go on. */
    void answered() {
        awaitsAnswer = false;
    }

    /** The nearest of the deadlines. */
    long nextNanos() {
        long next = earlier(activityNanos + route.idleTimeoutNanos(), startNanos + route.maxDurationNanos());
        return awaitsAnswer ? earlier(next, answerDeadlineNanos) : next;
    }

    /** Which deadline has passed; only meaningful when {@link #nextNanos()} has. */
    Reason passed(long nowNanos) {
        if (awaitsAnswer && nowNanos - answerDeadlineNanos >= 0) {
            return Reason.REQUEST_TIMEOUT;
        }
        return nowNanos - (startNanos + route.maxDurationNanos()) >= 0 ? Reason.MAX_DURATION : Reason.IDLE_TIMEOUT;
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
