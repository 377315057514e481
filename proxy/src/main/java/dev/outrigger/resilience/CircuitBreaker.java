package dev.outrigger.resilience;

import dev.outrigger.config.model.BreakerConfig;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to an upstream that fails, and lets a few probes find out when it is back.
 *
 * <p>{@code CLOSED} passes everything; as many failures in a row as {@code consecutive-failures} open it, and so do rates of
 * failures or of slow calls, if they are judged ({@link BreakerWindow}). {@code OPEN} refuses for {@code open-for}, and longer
 * each time that it opens again before it was closed for as long. The first call after that becomes a probe and makes it
 * {@code HALF_OPEN}, which admits {@code half-open-calls} probes and not one more: that many successes close it, one failure
 * opens it again. Opened or closed by hand it stays so until it is {@link #reset}.
 *
 * <p>One breaker serves all workers, because five failures are five failures no matter how the load balancing of the
 * kernel spread the connections. All that changes together is one immutable {@link BreakerPhase} behind one reference, so
 * a closed breaker costs a call one volatile read to enter, and a success writes nothing unless failures were counted or rates
 * are judged. A lock would cost the same when idle and serialise the loops exactly when many calls fail at once.
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
    private final DoubleSupplier chance;
    private volatile BreakerRules rules;

    /**
     * @param name label of the breaker
     * @param listener told once of every transition, by the thread that caused it
     */
    public CircuitBreaker(String name, BreakerConfig config, Listener listener) {
        this(name, config, listener, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param chance draws from 0 up to 1, on any thread: what part of the jitter a trip gets */
    CircuitBreaker(String name, BreakerConfig config, Listener listener, DoubleSupplier chance) {
        this.name = name;
        this.rules = new BreakerRules(config);
        this.listener = listener;
        this.chance = chance;
    }

    /**
     * Judges by other thresholds from now on. What it is and what it has counted stays, and so do the permits of calls under
     * way: failures beyond a lower threshold open it with the next one, not now. Only a window of another length begins anew.
     */
    public void reconfigure(BreakerConfig config) {
        rules = new BreakerRules(config);
    }

    /** What it judges by. */
    public BreakerConfig config() {
        return rules.config();
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
     * Whether {@link #tryEnter} would give a permit, without asking for one. Another thread may be faster.
     *
     * @param nowNanos the clock's reading
     */
    public boolean admits(long nowNanos) {
        BreakerPhase phase = current;
        return phase.state() == State.CLOSED || admitsProbe(phase, nowNanos);
    }

    /** Gives a permit back for a call whose duration says nothing. */
    public void leave(long permit, Verdict verdict, long nowNanos) {
        leave(permit, verdict, 0, nowNanos);
    }

    /**
     * Gives a permit back with what the call said about the upstream.
     *
     * @param permit what {@link #tryEnter} gave; {@link #REFUSED} and permits of earlier phases change nothing
     * @param durationNanos how long the upstream took; 0 if that says nothing
     * @param nowNanos the clock's reading
     */
    public void leave(long permit, Verdict verdict, long durationNanos, long nowNanos) {
        BreakerPhase phase = current;
        if (phase.generation() != permit) {
            return;
        }
        boolean slow = rules.isSlow(durationNanos);
        if (phase.state() == State.CLOSED) {
            leaveClosed(phase, verdict, slow, nowNanos);
        } else {
            leaveHalfOpen(permit, slow && verdict == Verdict.SUCCESS ? Verdict.FAILURE : verdict, nowNanos);
        }
    }

    /**
     * Takes note of a call that goes on: so far it was a success. It ends failures in a row, and a probe of a half-open breaker
     * succeeds by it; for the rates it counts when it is over.
     *
     * @param permit what {@link #tryEnter} gave
     * @param nowNanos the clock's reading
     * @return the permit for the rest of the call; {@link #REFUSED} if the rest does not matter
     */
    public long leaveHalfway(long permit, long nowNanos) {
        BreakerPhase phase = current;
        if (phase.generation() == permit && phase.state() == State.CLOSED) {
            phase.forgetFailures();
            return permit;
        }
        leave(permit, Verdict.SUCCESS, nowNanos);
        // Not while it is half-open: the next probe's place is not for a call that has had its own.
        BreakerPhase after = current;
        return after.state() == State.CLOSED ? after.generation() : REFUSED;
    }

    public State state() {
        return current.state();
    }

    /** Whether it was put into its state by hand and stays there. */
    public boolean isForced() {
        return current.forced();
    }

    /** How often it has opened without having recovered in between; 0 before the first time. */
    public int trips() {
        return current.trips();
    }

    /** Which answers are failures. */
    public FailureRules failsOn() {
        return rules.failsOn();
    }

    /**
     * The calls in the window of its rates; null if it judges none, or has seen none since it closed. What opened it is shown
     * while it is open.
     */
    public @Nullable BreakerCounts counts(long nowNanos) {
        BreakerPhase phase = current;
        BreakerWindow window = phase.window();
        if (window == null || !rules.keepsWindow()) {
            return null;
        }
        return BreakerCounts.of(window, phase.state() == State.CLOSED ? nowNanos : phase.sinceNanos());
    }

    /** Nanoseconds until the next probe will be admitted; 0 when not open, or by hand. */
    public long retryAfterNanos(long nowNanos) {
        BreakerPhase phase = current;
        return phase.state() != State.OPEN || phase.forced()
                ? 0
                : Math.max(0, openNanos(phase) - elapsedNanos(phase, nowNanos));
    }

    private long openNanos(BreakerPhase phase) {
        return rules.openNanos(phase.trips(), phase.chance());
    }

    private static long elapsedNanos(BreakerPhase phase, long nowNanos) {
        return Math.max(0, nowNanos - phase.sinceNanos());
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
     * Closes the breaker by hand, forgets what was counted, and judges again from now on. Results of calls that are still under
     * way do not count.
     *
     * @param nowNanos the clock's reading
     */
    public void reset(long nowNanos) {
        byHand(seen -> seen.reset(nowNanos), "reset by hand");
    }

    /**
     * Refuses every call until {@link #reset} or {@link #forceClosed}, without probes.
     *
     * @param nowNanos the clock's reading
     */
    public void forceOpen(long nowNanos) {
        byHand(seen -> seen.forced(State.OPEN, nowNanos), "opened by hand");
    }

    /**
     * Lets every call pass until {@link #reset} or {@link #forceOpen}, whatever fails.
     *
     * @param nowNanos the clock's reading
     */
    public void forceClosed(long nowNanos) {
        byHand(seen -> seen.forced(State.CLOSED, nowNanos), "closed by hand");
    }

    private void byHand(UnaryOperator<BreakerPhase> change, String why) {
        BreakerPhase seen;
        BreakerPhase next;
        do {
            seen = current;
            next = change.apply(seen);
        } while (!CURRENT.compareAndSet(this, seen, next));
        announce(seen, next, why);
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
                ? !phase.forced() && nowNanos - phase.sinceNanos() >= openNanos(phase)
                : phase.probesUnderWay() == 0
                        || phase.probesUnderWay() + phase.probesSucceeded() < rules.halfOpenCalls();
    }

    private void leaveClosed(BreakerPhase phase, Verdict verdict, boolean slow, long nowNanos) {
        if (verdict == Verdict.IGNORED) {
            return;
        }
        boolean failed = verdict == Verdict.FAILURE;
        BreakerRules judged = rules;
        BreakerWindow window = judged.keepsWindow() ? windowOf(phase, judged.windowNanos(), nowNanos) : null;
        if (window != null) {
            window.count(failed, slow, nowNanos);
        }
        int failures = 0;
        if (failed) {
            failures = phase.countFailure();
        } else {
            phase.forgetFailures();
        }
        if (phase.forced()) {
            return;
        }
        long counts = window == null ? 0 : window.counts(nowNanos);
        if (failed && judged.isTooManyInARow(failures)) {
            trip(phase, failures, "failures in a row: " + failures, nowNanos);
        } else if (window != null && judged.isFailingTooOften(counts)) {
            trip(phase, failures, share(BreakerWindow.failures(counts), counts, "failed"), nowNanos);
        } else if (window != null && judged.isSlowTooOften(counts)) {
            trip(phase, failures, share(BreakerWindow.slow(counts), counts, "slow"), nowNanos);
        }
    }

    /** The window that the phase counts in; made when it is first needed, and anew for another length. */
    private BreakerWindow windowOf(BreakerPhase phase, long lengthNanos, long nowNanos) {
        BreakerPhase seen = phase;
        while (true) {
            BreakerWindow known = seen.window();
            if (known != null && known.lengthNanos() == lengthNanos) {
                return known;
            }
            BreakerWindow made = new BreakerWindow(lengthNanos, nowNanos);
            if (seen.generation() != phase.generation() || CURRENT.compareAndSet(this, seen, seen.withWindow(made))) {
                return made;
            }
            seen = current;
        }
    }

    /**
     * Opens the breaker if it still is in the phase. The counts belong to the phase, and only one exchange of a generation
     * succeeds: of all calls that find them too high one opens it.
     */
    private void trip(BreakerPhase phase, int failures, String why, long nowNanos) {
        BreakerPhase seen = current;
        while (seen.generation() == phase.generation()) {
            boolean recovered = elapsedNanos(seen, nowNanos) >= openNanos(seen);
            int trips = seen.trips() == 0 || recovered ? 1 : seen.trips() + 1;
            BreakerPhase open = seen.opened(failures, trips, chance.getAsDouble(), nowNanos);
            if (CURRENT.compareAndSet(this, seen, open)) {
                announce(seen, open, why);
                return;
            }
            seen = current;
        }
    }

    private static String share(int bad, long counts, String how) {
        return bad + " of " + BreakerWindow.calls(counts) + " calls " + how;
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
                phase.probesSucceeded() + 1 >= rules.halfOpenCalls()
                        ? phase.closed(nowNanos)
                        : phase.withProbeSucceeded();
            case FAILURE -> phase.opened(phase.failures() + 1, phase.trips() + 1, chance.getAsDouble(), nowNanos);
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
