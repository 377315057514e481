package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.route.Route;

/**
 * The deadlines of one exchange, looked at by one timer.
 *
 * <p>Three clocks run: silence (every byte restarts it), the answer (from the end of the request, restarted by progress), and
 * the hard cap. Restarting writes one field; the timer finds out when it fires and arms itself for what is left.
 *
 * <p>The answer's clock stands still while the server has a question of its own open with the client (sampling, elicitation):
 * a person may be thinking it over, and neither side is late.
 */
final class Timeouts {
    private final Route route;
    private final long startNanos;
    private long timeoutNanos;
    private long activityNanos;
    private long answerDeadlineNanos;
    private boolean awaitsAnswer;
    private boolean standsStill;
    private boolean hasStoodStill;

    Timeouts(Route route, long startNanos) {
        this.route = route;
        this.startNanos = startNanos;
        this.timeoutNanos = route.timeoutNanos();
        this.activityNanos = startNanos;
    }

    /** What the route grants this operation. Before {@link #awaitAnswer}. */
    void allow(long nanos) {
        timeoutNanos = nanos;
    }

    /** How long one operation may go without an answer or progress. */
    long timeoutNanos() {
        return timeoutNanos;
    }

    /** When the exchange ends in any case. */
    long capNanos() {
        return startNanos + route.maxDurationNanos();
    }

    /** Bytes moved. */
    void onActivity(long nowNanos) {
        activityNanos = nowNanos;
    }

    /** The request is complete: the time of the answer runs. */
    void awaitAnswer(long nowNanos) {
        awaitsAnswer = true;
        answerDeadlineNanos = nowNanos + timeoutNanos;
    }

    /** The server is at work: the time of the answer begins anew. */
    void onProgress(long nowNanos) {
        standsStill = false;
        answerDeadlineNanos = nowNanos + timeoutNanos;
    }

    /** The server waits for the client: the time of the answer stands still until something else comes. */
    void onServerAsks() {
        standsStill = true;
        hasStoodStill = true;
    }

    /** Whether the server has ever waited for the client, so that how long it took says nothing about it. */
    boolean hasStoodStill() {
        return hasStoodStill;
    }

    /** Something else came: if the time stood still, it begins anew. */
    void onServerGoesOn(long nowNanos) {
        if (standsStill) {
            onProgress(nowNanos);
        }
    }

    /** The answer is here, or has become a stream that may go on. */
    void answered() {
        awaitsAnswer = false;
    }

    /** Until when an answer has to come, if nothing more comes of the request and no sign of progress. */
    long answerByNanos() {
        return awaitsAnswer && !standsStill ? earlier(answerDeadlineNanos, capNanos()) : capNanos();
    }

    /** The nearest of the deadlines. */
    long nextNanos() {
        long next = earlier(activityNanos + route.idleTimeoutNanos(), capNanos());
        return awaitsAnswer && !standsStill ? earlier(next, answerDeadlineNanos) : next;
    }

    /** Which deadline has passed; only meaningful when {@link #nextNanos()} has. */
    Reason passed(long nowNanos) {
        if (awaitsAnswer && !standsStill && nowNanos - answerDeadlineNanos >= 0) {
            return Reason.REQUEST_TIMEOUT;
        }
        return nowNanos - capNanos() >= 0 ? Reason.MAX_DURATION : Reason.IDLE_TIMEOUT;
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
