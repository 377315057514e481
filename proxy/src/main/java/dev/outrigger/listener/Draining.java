package dev.outrigger.listener;

import dev.outrigger.time.NanoClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The end of one listener, step by step: its socket goes, its connections are asked to end, told to when the time is nearly
 * over, and cut when it is.
 *
 * <p>It looks again and again rather than being told of each connection's end: a drain is rare and short, and a counter that is
 * read fifty times a second costs nothing.
 *
 * <p>Steps run on the executor, one after the other.
 */
final class Draining {
    private static final Logger LOG = System.getLogger(Draining.class.getName());
    private static final long LOOK_MILLIS = 20;
    /** Between two questions whether a stream can end now. */
    private static final long ASK_NANOS = 250_000_000L;
    /** What is left of the time for last answers to be written, at most. */
    private static final long LAST_WORDS_NANOS = 1_000_000_000L;

    private final Listener listener;
    private final Departure departure;
    private final ScheduledExecutorService executor;
    private final NanoClock clock;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long startNanos;
    private volatile long deadlineNanos;
    private boolean accepting;
    private boolean lastWords;
    private long askNanos;

    Draining(
            Listener listener,
            Departure departure,
            Duration timeout,
            ScheduledExecutorService executor,
            NanoClock clock) {
        this.listener = listener;
        this.departure = departure;
        this.executor = executor;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.deadlineNanos = startNanos + timeout.toNanos();
    }

    /** Begins; what has to happen at once has happened when this returns. */
    void begin() {
        accepting = listener.drain(departure);
        if (!accepting && departure != Departure.FOR_GOOD) {
            LOG.log(
                    Level.INFO,
                    "listener " + listener.name() + ": closed at once, connections that were just being made are lost;"
                            + " the kernel steers no others past it");
        }
        askNanos = startNanos + ASK_NANOS;
        lookLater();
    }

    Listener listener() {
        return listener;
    }

    /** Completes when no connection is left. */
    CompletionStage<Void> done() {
        return done;
    }

    boolean isDone() {
        return done.isDone();
    }

    /** Ends earlier if that is earlier. */
    void hasten(Duration timeout) {
        long earlierNanos = clock.nanoTime() + timeout.toNanos();
        if (earlierNanos - deadlineNanos < 0) {
            deadlineNanos = earlierNanos;
        }
    }

    private void lookLater() {
        try {
            executor.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The process ends.
            finish();
        }
    }

    private void look() {
        try {
            if (step(clock.nanoTime())) {
                lookLater();
            } else {
                finish();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "listener " + listener.name() + ": draining failed", e);
            finish();
        }
    }

    /** @return whether there is more to wait for */
    private boolean step(long nowNanos) {
        long leftNanos = deadlineNanos - nowNanos;
        boolean accepted = nowNanos - startNanos >= departure.acceptNanos() && listener.isQueueEmpty();
        if (accepting && (leftNanos <= 0 || accepted)) {
            accepting = false;
            listener.stopAccepting();
        }
        if (!accepting && listener.connections() == 0) {
            return false;
        }
        if (leftNanos <= 0 && lastWords) {
            LOG.log(
                    Level.WARNING,
                    "listener " + listener.name() + ": connections cut at the deadline: " + listener.connections());
            return false;
        }
        if (!lastWords && leftNanos <= lastWordsNanos()) {
            lastWords = true;
            askNanos = nowNanos;
        }
        if (nowNanos - askNanos >= 0) {
            askNanos = nowNanos + ASK_NANOS;
            if (lastWords) {
                listener.deadline();
            } else {
                listener.tick();
            }
        }
        return true;
    }

    private long lastWordsNanos() {
        return Math.min(LAST_WORDS_NANOS, (deadlineNanos - startNanos) / 4);
    }

    private void finish() {
        listener.close();
        done.complete(null);
    }
}
