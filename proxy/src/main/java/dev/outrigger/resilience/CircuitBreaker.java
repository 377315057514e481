package dev.outrigger.resilience;

import dev.outrigger.config.model.BreakerConfig;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Stops calls to an upstream that fails every time, and lets a few probes find out when it is back.
 *
 * <p>{@code CLOSED} passes everything; as many failures in a row as {@code consecutive-failures} open it. {@code OPEN}
 * refuses for {@code open-for}. The first call after that becomes a probe and makes it {@code HALF_OPEN}, which admits
 * {@code half-open-calls} probes and not one more: that many successes close it, one failure opens it again.
 *
 * <p>One breaker serves all workers, because five failures are five failures no matter how the load balancing of the
 * kernel spread the connections. All that changes together is one immutable {@link BreakerPhase} behind one reference, so
 * a closed breaker costs a call one volatile read to enter, and a success writes nothing unless failures were counted. A
 * lock would cost the same when idle and serialise the loops exactly when many calls fail at once.
 *
 * <p>A permit belongs to the phase that gave it. Calls outlive phases: a slow success that was admitted before the trip
 * says nothing about the upstream of now, hence a result from an earlier phase changes nothing at all.
 *
 * <p>Every permit must come back through {@link #leave} exactly once, as soon as the verdict is known. Exchanges end
 * exactly once by contract, on a deadline at the latest, and so a half-open breaker cannot wait for a lost probe for ever;
 * it needs no deadline of its own.
 *
 * <p>Safe for use by any thread; nothing blocks, nothing throws. Refusing allocates nothing.
 */
public final class CircuitBreaker {
    /** What {@link #tryEnter} answers instead of a permit. */
    public static final long REFUSED = -1;

    private static final System.Logger LOG = System.getLogger(CircuitBreaker.class.getName());
    private static final AtomicReferenceFieldUpdater<CircuitBreaker, BreakerPhase> CURRENT =
            AtomicReferenceFieldUpdater.newUpdater(CircuitBreaker.class, BreakerPhase.class, "current");

    private final String name;
    private final Listener listener;
    private final AtomicLong timesClosed = new AtomicLong();
    private final AtomicLong timesOpened = new AtomicLong();
    private final AtomicLong timesHalfOpened = new AtomicLong();
    private volatile BreakerPhase current = BreakerPhase.first();
    private volatile Thresholds thresholds;

    /**
     * @param name label of the breaker, the name of its upstream
     * @param listener told once of every transition, by the thread that caused it
     */
    public CircuitBreaker(String name, BreakerConfig config, Listener listener) {
        this.name = name;
        this.thresholds = Thresholds.of(config);
        this.listener = listener;
    }

    /**
     * Judges by other thresholds from now on. What it is and what it has counted stays, and so do the permits of calls under
     * way: failures beyond a lower threshold open it with the next one, not now.
     */
    public void reconfigure(BreakerConfig config) {
        thresholds = Thresholds.of(config);
    }

    public String name() {
        return name;
    }

    /**
     * Asks to make one call.
     *
     * @param nowNanos the clock's reading
     * @return a permit, not negative, to be given back with {@link #leave}; or {@link #REFUSED}
     */
    public long tryEnter(long nowNanos) {
        BreakerPhase phase = current;
        return phase.state() == State.CLOSED ? phase.generation() : tryProbe(nowNanos);
    }

    /**
     * Gives a permit back with what the call said about the upstream.
     *
     * @param permit what {@link #tryEnter} gave; {@link #REFUSED} and permits of earlier phases change nothing
     * @param nowNanos the clock's reading
     */
    public void leave(long permit, Verdict verdict, long nowNanos) {
        BreakerPhase phase = current;
        if (phase.generation() != permit) {
            return;
        }
        if (phase.state() == State.CLOSED) {
            leaveClosed(phase, verdict, nowNanos);
        } else {
            leaveHalfOpen(permit, verdict, nowNanos);
        }
    }

    public State state() {
        return current.state();
    }

    /** Nanoseconds until the next probe will be admitted; 0 when not open. */
    public long retryAfterNanos(long nowNanos) {
        BreakerPhase phase = current;
        if (phase.state() != State.OPEN) {
            return 0;
        }
        long elapsedNanos = Math.max(0, nowNanos - phase.sinceNanos());
        return Math.max(0, thresholds.openForNanos() - elapsedNanos);
    }

    /** Failures counted since the last success; the ones that opened it included. */
    public int consecutiveFailures() {
        return current.failures();
    }

    /** How often {@code state} was entered since the start. */
    public long transitionsTo(State state) {
        return entries(state).get();
    }

    /**
     * Closes the breaker by hand and forgets the failures counted. Results of calls that are still under way do not count.
     *
     * @param nowNanos the clock's reading
     */
    public void reset(long nowNanos) {
        BreakerPhase seen;
        BreakerPhase closed;
        do {
            seen = current;
            closed = seen.closed(nowNanos);
        } while (!CURRENT.compareAndSet(this, seen, closed));
        announce(seen, closed, "reset by hand");
    }

    @Override
    public String toString() {
        return name + ' ' + state().label();
    }

    private long tryProbe(long nowNanos) {
        while (true) {
            BreakerPhase seen = current;
            if (seen.state() == State.CLOSED) {
                return seen.generation();
            }
            if (!admitsProbe(seen, nowNanos)) {
                return REFUSED;
            }
            BreakerPhase next = seen.withProbe(nowNanos);
            if (CURRENT.compareAndSet(this, seen, next)) {
                announce(seen, next, "open time passed");
                return next.generation();
            }
        }
    }

    /**
     * No more probes than the verdict needs: those under way and those that succeeded do not exceed half-open-calls. One is
     * always let in while none is under way, since after a lower number was set only its success can close the breaker.
     */
    private boolean admitsProbe(BreakerPhase phase, long nowNanos) {
        return phase.state() == State.OPEN
                ? nowNanos - phase.sinceNanos() >= thresholds.openForNanos()
                : phase.probesUnderWay() == 0
                        || phase.probesUnderWay() + phase.probesSucceeded() < thresholds.halfOpenCalls();
    }

    private void leaveClosed(BreakerPhase phase, Verdict verdict, long nowNanos) {
        switch (verdict) {
            case SUCCESS -> phase.forgetFailures();
            case FAILURE -> {
                // The count belongs to the phase, and only one exchange of a phase succeeds: of all failures that reach
                // the
                // threshold one opens the breaker.
                int failures = phase.countFailure();
                if (failures >= thresholds.consecutiveFailures()) {
                    BreakerPhase open = phase.opened(failures, nowNanos);
                    if (CURRENT.compareAndSet(this, phase, open)) {
                        announce(phase, open, "failures in a row: " + failures);
                    }
                }
            }
            case IGNORED -> {}
        }
    }

    private void leaveHalfOpen(long permit, Verdict verdict, long nowNanos) {
        while (true) {
            BreakerPhase seen = current;
            if (seen.generation() != permit || seen.probesUnderWay() == 0) {
                return;
            }
            BreakerPhase next = afterProbe(seen, verdict, nowNanos);
            if (CURRENT.compareAndSet(this, seen, next)) {
                announce(
                        seen,
                        next,
                        next.state() == State.OPEN
                                ? "probe failed"
                                : "probes succeeded: " + (seen.probesSucceeded() + 1));
                return;
            }
        }
    }

    private BreakerPhase afterProbe(BreakerPhase phase, Verdict verdict, long nowNanos) {
        return switch (verdict) {
            case SUCCESS ->
                phase.probesSucceeded() + 1 >= thresholds.halfOpenCalls()
                        ? phase.closed(nowNanos)
                        : phase.withProbeSucceeded();
            case FAILURE -> phase.opened(phase.failures() + 1, nowNanos);
            case IGNORED -> phase.withProbeGivenBack();
        };
    }

    /** Called by the one thread that made the change, after it. A listener's defect must not cost the caller its permit. */
    private void announce(BreakerPhase from, BreakerPhase to, String why) {
        if (from.state() == to.state()) {
            return;
        }
        entries(to.state()).incrementAndGet();
        try {
            listener.onTransition(this, from.state(), to.state(), why);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "listener of breaker " + name + " failed", e);
        }
    }

    private AtomicLong entries(State state) {
        return switch (state) {
            case CLOSED -> timesClosed;
            case OPEN -> timesOpened;
            case HALF_OPEN -> timesHalfOpened;
        };
    }

    private static int atLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " = " + value + ", expected 1 or more");
        }
        return value;
    }

    /** What it judges by; replaced as a whole. */
    private record Thresholds(int consecutiveFailures, long openForNanos, int halfOpenCalls) {
        static Thresholds of(BreakerConfig config) {
            return new Thresholds(
                    atLeastOne("consecutive-failures", config.consecutiveFailures()),
                    TimeUnit.NANOSECONDS.convert(config.openFor()),
                    atLeastOne("half-open-calls", config.halfOpenCalls()));
        }
    }

    /** The state; its label is the value of the {@code state} label. */
    public enum State {
        CLOSED("closed"),
        OPEN("open"),
        HALF_OPEN("half_open");

        private final String label;

        State(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** What a call said about the upstream. */
    public enum Verdict {
        SUCCESS,
        FAILURE,
        /** Nothing: the client left first, or the call never reached the upstream. Makes room for another probe. */
        IGNORED
    }

    /**
     * Told of each transition exactly once, on the thread that caused it (any loop), and must not block. Transitions that
     * follow each other at once may be told by two threads in either order: what is displayed comes from
     * {@link CircuitBreaker#state()}.
     */
    @FunctionalInterface
    public interface Listener {
        /** @param why a short phrase for the log, without addresses */
        void onTransition(CircuitBreaker breaker, State from, State to, String why);
    }
}
