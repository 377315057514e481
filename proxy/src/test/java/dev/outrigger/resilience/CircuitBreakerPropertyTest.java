package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Any sequence of calls, results in any order, pauses, resets and other thresholds, against a model that keeps whole histories. */
class CircuitBreakerPropertyTest {
    private static final long OPEN_FOR_NANOS = 1_000;

    @Property(tries = 2_000)
    void behavesLikeTheModel(
            @ForAll("steps") List<Step> steps,
            @ForAll @IntRange(min = 1, max = 4) int consecutiveFailures,
            @ForAll @IntRange(min = 1, max = 3) int halfOpenCalls,
            @ForAll @IntRange(max = 5_000) int nanosBeforeWrap) {
        List<String> told = new ArrayList<>();
        CircuitBreaker breaker = new CircuitBreaker(
                "app",
                new BreakerConfig(consecutiveFailures, Duration.ofNanos(OPEN_FOR_NANOS), halfOpenCalls),
                (b, from, to, why) -> told.add(from + ">" + to));
        Model model = new Model(consecutiveFailures, halfOpenCalls);
        List<Call> underWay = new ArrayList<>();
        long startNanos = Long.MAX_VALUE - nanosBeforeWrap;

        for (Step step : steps) {
            long now = startNanos + model.elapsedNanos;
            switch (step.kind()) {
                case ENTER -> {
                    long permit = breaker.tryEnter(now);
                    Admission admission = model.enter();
                    assertEquals(admission != null, permit != CircuitBreaker.REFUSED);
                    if (admission != null) {
                        underWay.add(new Call(permit, admission));
                    }
                }
                case LEAVE -> {
                    if (!underWay.isEmpty()) {
                        Call call = underWay.remove(step.number() % underWay.size());
                        breaker.leave(call.permit(), step.verdict(), now);
                        model.leave(call.admission(), step.verdict());
                    }
                }
                case WAIT -> model.elapsedNanos += step.number();
                case RESET -> {
                    breaker.reset(now);
                    model.reset();
                }
                case RECONFIGURE -> {
                    model.consecutiveFailures = 1 + step.number() % 4;
                    model.halfOpenCalls = 1 + step.number() % 3;
                    model.openForNanos = 500 + step.number();
                    breaker.reconfigure(new BreakerConfig(
                            model.consecutiveFailures, Duration.ofNanos(model.openForNanos), model.halfOpenCalls));
                }
            }
            now = startNanos + model.elapsedNanos;
            assertEquals(model.state, breaker.state());
            assertEquals(model.told, told);
            assertEquals(model.retryAfterNanos(), breaker.retryAfterNanos(now));
            assertEquals(model.failures, breaker.consecutiveFailures());
            for (State state : State.values()) {
                assertEquals(model.entries(state), breaker.transitionsTo(state));
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(10, Kind.ENTER),
                Tuple.of(10, Kind.LEAVE),
                Tuple.of(3, Kind.WAIT),
                Tuple.of(1, Kind.RESET),
                Tuple.of(1, Kind.RECONFIGURE));
        Arbitrary<Verdict> verdicts = Arbitraries.frequency(
                Tuple.of(2, Verdict.SUCCESS), Tuple.of(5, Verdict.FAILURE), Tuple.of(1, Verdict.IGNORED));
        return Combinators.combine(kinds, verdicts, Arbitraries.integers().between(0, 800))
                .as(Step::new)
                .list()
                .ofMaxSize(120);
    }

    enum Kind {
        ENTER,
        LEAVE,
        WAIT,
        RESET,
        RECONFIGURE
    }

    /** @param number which of the calls under way leaves, how many nanoseconds pass, or what the thresholds become */
    record Step(Kind kind, Verdict verdict, int number) {}

    private record Call(long permit, Admission admission) {}

    /** Identity matters: the period (time between two transitions or resets) in which a call was admitted. */
    private record Admission(Period period) {}

    private static final class Period {
        int underWay;
        int succeeded;
    }

    private static final class Model {
        int consecutiveFailures;
        int halfOpenCalls;
        long openForNanos = OPEN_FOR_NANOS;
        final List<String> told = new ArrayList<>();
        State state = State.CLOSED;
        Period period = new Period();
        int failures;
        long elapsedNanos;
        long openedAtNanos;

        Model(int consecutiveFailures, int halfOpenCalls) {
            this.consecutiveFailures = consecutiveFailures;
            this.halfOpenCalls = halfOpenCalls;
        }

        Admission enter() {
            if (state == State.OPEN && elapsedNanos - openedAtNanos >= openForNanos) {
                become(State.HALF_OPEN);
            }
            boolean admitted = state == State.CLOSED
                    || (state == State.HALF_OPEN
                            && (period.underWay == 0 || period.underWay + period.succeeded < halfOpenCalls));
            if (!admitted) {
                return null;
            }
            period.underWay++;
            return new Admission(period);
        }

        void leave(Admission admission, Verdict verdict) {
            if (admission.period() != period) {
                return;
            }
            period.underWay--;
            if (verdict == Verdict.SUCCESS) {
                failures = 0;
                period.succeeded++;
                if (state == State.HALF_OPEN && period.succeeded >= halfOpenCalls) {
                    become(State.CLOSED);
                }
            } else if (verdict == Verdict.FAILURE) {
                failures++;
                if (state == State.HALF_OPEN || failures >= consecutiveFailures) {
                    openedAtNanos = elapsedNanos;
                    become(State.OPEN);
                }
            }
        }

        void reset() {
            failures = 0;
            if (state == State.CLOSED) {
                period = new Period();
            } else {
                become(State.CLOSED);
            }
        }

        long retryAfterNanos() {
            return state == State.OPEN ? Math.max(0, openedAtNanos + openForNanos - elapsedNanos) : 0;
        }

        long entries(State wanted) {
            return told.stream().filter(t -> t.endsWith(">" + wanted)).count();
        }

        private void become(State next) {
            told.add(state + ">" + next);
            state = next;
            period = new Period();
        }
    }
}
