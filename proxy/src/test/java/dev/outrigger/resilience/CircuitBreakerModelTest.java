package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.FailsOnConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.SlowCallConfig;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A million random steps against a model that remembers every call and says what it does in the words of the documents. */
class CircuitBreakerModelTest {
    private static final int STEPS = 1_000_000;
    private static final int ROUNDS = 20;
    private static final long SLOW_NANOS = 50;

    @Test
    void doesWhatTheModelDoes() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < ROUNDS; round++) {
            run(random.split(), STEPS / ROUNDS);
        }
    }

    private static void run(SplittableRandom random, int steps) {
        Model model = new Model(random.split());
        double[] chance = {0};
        CircuitBreaker breaker = new CircuitBreaker("app", model.config(), (b, from, to, why) -> {}, () -> chance[0]);
        List<Open> underWay = new ArrayList<>();
        long startNanos = Long.MAX_VALUE - 20_000;
        for (int i = 0; i < steps; i++) {
            chance[0] = random.nextInt(100) / 100.0;
            model.chance = chance[0];
            model.nowNanos += random.nextInt(20) == 0 ? random.nextLong(model.openForNanos * 2) : random.nextLong(4);
            long now = startNanos + model.nowNanos;
            int step = random.nextInt(2000);
            if (step < 1000) {
                long permit = breaker.tryEnter(now);
                int phase = model.enter();
                assertEquals(phase >= 0, permit != CircuitBreaker.REFUSED, "step " + i);
                if (phase >= 0) {
                    underWay.add(new Open(permit, phase));
                }
            } else if (step < 1990 && !underWay.isEmpty()) {
                Open call = underWay.remove(random.nextInt(underWay.size()));
                Verdict verdict = verdict(random, model.badDays());
                long durationNanos = random.nextLong(60);
                breaker.leave(call.permit, verdict, durationNanos, now);
                model.leave(call.phase, verdict, durationNanos > SLOW_NANOS);
            } else if (step == 1990) {
                breaker.reset(now);
                model.byHand(State.CLOSED, false);
            } else if (step == 1991) {
                breaker.forceOpen(now);
                model.byHand(State.OPEN, true);
            } else if (step == 1992) {
                breaker.forceClosed(now);
                model.byHand(State.CLOSED, true);
            }
            assertEquals(model.state, breaker.state(), "step " + i);
            assertEquals(model.trips, breaker.trips(), "step " + i);
            assertEquals(model.retryAfterNanos(), breaker.retryAfterNanos(now), "step " + i);
        }
    }

    private static Verdict verdict(SplittableRandom random, boolean badDays) {
        int number = random.nextInt(10);
        if (number == 0) {
            return Verdict.IGNORED;
        }
        return number < (badDays ? 7 : 2) ? Verdict.FAILURE : Verdict.SUCCESS;
    }

    private record Open(long permit, int phase) {}

    private record Call(long atNanos, boolean failed, boolean slow) {}

    /** Everything in lists and plain numbers, for one thread. */
    private static final class Model {
        private final int consecutiveFailures;
        private final int halfOpenCalls;
        private final long openForNanos;
        private final int factor;
        private final long maxNanos;
        private final long windowNanos;
        private final int minCalls;
        private State state = State.CLOSED;
        private boolean forced;
        private int phase;
        private long sinceNanos;
        private long nowNanos;
        private int inARow;
        private int probes;
        private int good;
        private int trips;
        private double chance;
        private double drawn;
        private long windowFromNanos = -1;
        private final List<Call> calls = new ArrayList<>();

        Model(SplittableRandom random) {
            consecutiveFailures = 3 + random.nextInt(8);
            halfOpenCalls = 1 + random.nextInt(3);
            openForNanos = 20 + random.nextLong(100);
            factor = 1 + random.nextInt(3);
            maxNanos = openForNanos * (1 + random.nextInt(6));
            windowNanos = 10 * (5 + random.nextLong(20));
            minCalls = 5 + random.nextInt(10);
        }

        BreakerConfig config() {
            return new BreakerConfig(
                    consecutiveFailures,
                    Duration.ofNanos(openForNanos),
                    halfOpenCalls,
                    new BackoffConfig(factor, Duration.ofNanos(maxNanos), 0.5),
                    Optional.of(new FailureRateConfig(0.5, Duration.ofNanos(windowNanos), minCalls)),
                    Optional.of(new SlowCallConfig(
                            Duration.ofNanos(SLOW_NANOS), 0.4, Duration.ofNanos(windowNanos), minCalls)),
                    FailsOnConfig.SERVER_ERRORS);
        }

        /** Good times and bad times take turns. */
        boolean badDays() {
            return nowNanos / 2000 % 2 == 1;
        }

        int enter() {
            if (state == State.OPEN && !forced && nowNanos - sinceNanos >= openNanos()) {
                begin(State.HALF_OPEN, false);
                probes = 1;
                return phase;
            }
            if (state == State.HALF_OPEN && (probes == 0 || probes + good < halfOpenCalls)) {
                probes++;
                return phase;
            }
            return state == State.CLOSED ? phase : -1;
        }

        void leave(int callPhase, Verdict verdict, boolean slow) {
            if (callPhase != phase) {
                return;
            }
            if (state == State.HALF_OPEN) {
                leaveProbe(verdict == Verdict.SUCCESS && slow ? Verdict.FAILURE : verdict);
            } else if (verdict != Verdict.IGNORED) {
                leaveClosed(verdict == Verdict.FAILURE, slow);
            }
        }

        private void leaveProbe(Verdict verdict) {
            probes--;
            if (verdict == Verdict.FAILURE) {
                open(trips + 1);
            } else if (verdict == Verdict.SUCCESS && ++good >= halfOpenCalls) {
                begin(State.CLOSED, false);
            }
        }

        private void leaveClosed(boolean failed, boolean slow) {
            if (windowFromNanos < 0) {
                windowFromNanos = nowNanos;
            }
            calls.add(new Call(nowNanos, failed, slow));
            inARow = failed ? inARow + 1 : 0;
            long oldest = tenth(nowNanos) - 9;
            calls.removeIf(call -> tenth(call.atNanos) < oldest);
            long bad = calls.stream().filter(Call::failed).count();
            long late = calls.stream().filter(Call::slow).count();
            boolean judged = calls.size() >= minCalls;
            boolean isTooBad = judged && bad * 2 >= calls.size();
            boolean isTooSlow = judged && late * 10 >= calls.size() * 4L;
            if (!forced && (inARow >= consecutiveFailures || isTooBad || isTooSlow)) {
                boolean recovered = trips == 0 || nowNanos - sinceNanos >= openNanos();
                open(recovered ? 1 : trips + 1);
            }
        }

        private long tenth(long atNanos) {
            return (atNanos - windowFromNanos) / (windowNanos / 10);
        }

        private void open(int newTrips) {
            begin(State.OPEN, false);
            trips = newTrips;
            drawn = chance;
        }

        void byHand(State held, boolean stays) {
            begin(held, stays);
            trips = 0;
        }

        private void begin(State next, boolean stays) {
            state = next;
            forced = stays;
            phase++;
            sinceNanos = nowNanos;
            inARow = 0;
            probes = 0;
            good = 0;
            windowFromNanos = -1;
            calls.clear();
        }

        private long openNanos() {
            long nanos = openForNanos;
            for (int i = 1; i < trips && nanos < maxNanos; i++) {
                nanos *= factor;
            }
            return (long) (Math.min(nanos, maxNanos) * (1 + 0.5 * drawn));
        }

        long retryAfterNanos() {
            return state == State.OPEN && !forced ? Math.max(0, openNanos() - (nowNanos - sinceNanos)) : 0;
        }
    }
}
