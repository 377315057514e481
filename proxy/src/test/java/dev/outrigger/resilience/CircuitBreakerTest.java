package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {
    private static final Duration OPEN_FOR = Duration.ofSeconds(30);

    private final ManualClock clock =
            new ManualClock(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos());
    private final List<String> transitions = new ArrayList<>();
    private final CircuitBreaker breaker = breaker(5, 1);

    @Test
    void opensAfterFiveConsecutiveFailures() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }
        assertEquals(State.CLOSED, breaker.state());
        assertEquals(4, breaker.consecutiveFailures());

        call(Verdict.FAILURE);

        assertEquals(State.OPEN, breaker.state());
        assertEquals(5, breaker.consecutiveFailures());
        assertEquals(CircuitBreaker.REFUSED, enter());
        assertEquals(List.of("closed > open: failures in a row: 5"), transitions);
    }

    @Test
    void aSuccessBetweenFailuresStartsTheCountAgain() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }
        call(Verdict.SUCCESS);
        assertEquals(0, breaker.consecutiveFailures());
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }

        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void anIgnoredResultNeitherCountsNorForgets() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }
        call(Verdict.IGNORED);
        assertEquals(4, breaker.consecutiveFailures());

        call(Verdict.FAILURE);

        assertEquals(State.OPEN, breaker.state());
    }

    @Test
    void refusesUntilTheOpenTimeHasPassedEvenWhenTheClockWrapsAround() {
        trip();
        clock.advance(OPEN_FOR.minusNanos(1));
        assertTrue(clock.nanoTime() < 0, "the clock has wrapped around");
        assertEquals(CircuitBreaker.REFUSED, enter());

        clock.advanceNanos(1);

        assertTrue(enter() >= 0);
        assertEquals(State.HALF_OPEN, breaker.state());
    }

    @Test
    void saysHowLongUntilTheNextProbe() {
        assertEquals(0, breaker.retryAfterNanos(clock.nanoTime()));
        trip();
        assertEquals(OPEN_FOR.toNanos(), breaker.retryAfterNanos(clock.nanoTime()));
        assertEquals(OPEN_FOR.toNanos(), breaker.retryAfterNanos(clock.nanoTime() - 1), "a reading from another loop");

        clock.advance(Duration.ofSeconds(12));
        assertEquals(Duration.ofSeconds(18).toNanos(), breaker.retryAfterNanos(clock.nanoTime()));

        clock.advance(OPEN_FOR);
        assertEquals(0, breaker.retryAfterNanos(clock.nanoTime()));
        enter();
        assertEquals(0, breaker.retryAfterNanos(clock.nanoTime()));
    }

    @Test
    void admitsOneProbeAndClosesWhenItSucceeds() {
        trip();
        clock.advance(OPEN_FOR);
        long probe = enter();
        assertEquals(CircuitBreaker.REFUSED, enter());

        leave(probe, Verdict.SUCCESS);

        assertEquals(State.CLOSED, breaker.state());
        assertEquals(0, breaker.consecutiveFailures());
        assertEquals(
                List.of(
                        "closed > open: failures in a row: 5",
                        "open > half_open: open time passed",
                        "half_open > closed: probes succeeded: 1"),
                transitions);
    }

    @Test
    void opensForTheWholeTimeAgainWhenTheProbeFails() {
        trip();
        clock.advance(OPEN_FOR);
        long probe = enter();
        clock.advance(Duration.ofSeconds(3));

        leave(probe, Verdict.FAILURE);

        assertEquals(State.OPEN, breaker.state());
        assertEquals(6, breaker.consecutiveFailures());
        assertEquals(OPEN_FOR.toNanos(), breaker.retryAfterNanos(clock.nanoTime()));
        assertEquals("half_open > open: probe failed", transitions.get(2));
    }

    @Test
    void aProbeThatSaysNothingMakesRoomForAnother() {
        trip();
        clock.advance(OPEN_FOR);

        leave(enter(), Verdict.IGNORED);

        assertEquals(State.HALF_OPEN, breaker.state());
        call(Verdict.SUCCESS);
        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void closesAfterAsManySuccessesAsProbes() {
        CircuitBreaker three = breaker(1, 3);
        three.leave(three.tryEnter(0), Verdict.FAILURE, 0);
        long afterNanos = OPEN_FOR.toNanos();
        long probe = three.tryEnter(afterNanos);
        assertEquals(probe, three.tryEnter(afterNanos));
        assertEquals(probe, three.tryEnter(afterNanos));
        assertEquals(CircuitBreaker.REFUSED, three.tryEnter(afterNanos));

        three.leave(probe, Verdict.SUCCESS, afterNanos);
        assertEquals(CircuitBreaker.REFUSED, three.tryEnter(afterNanos), "two under way can still decide");
        three.leave(probe, Verdict.SUCCESS, afterNanos);
        assertEquals(State.HALF_OPEN, three.state());
        three.leave(probe, Verdict.SUCCESS, afterNanos);

        assertEquals(State.CLOSED, three.state());
    }

    @Test
    void resultsOfAnEarlierGenerationChangeNothing() {
        List<Long> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            slow.add(enter());
        }
        trip();
        slow.forEach(permit -> leave(permit, Verdict.SUCCESS));
        assertEquals(State.OPEN, breaker.state());

        clock.advance(OPEN_FOR);
        long probe = enter();
        slow.forEach(permit -> leave(permit, Verdict.SUCCESS));
        slow.forEach(permit -> leave(permit, Verdict.FAILURE));
        assertEquals(State.HALF_OPEN, breaker.state());

        leave(probe, Verdict.SUCCESS);
        slow.forEach(permit -> leave(permit, Verdict.FAILURE));
        leave(probe, Verdict.FAILURE);
        assertEquals(State.CLOSED, breaker.state());
        assertEquals(0, breaker.consecutiveFailures());
    }

    @Test
    void aRefusalIsNoPermit() {
        trip();
        leave(CircuitBreaker.REFUSED, Verdict.SUCCESS);

        assertEquals(State.OPEN, breaker.state());
    }

    @Test
    void resetClosesAnOpenBreaker() {
        trip();

        breaker.reset(clock.nanoTime());

        assertEquals(State.CLOSED, breaker.state());
        assertEquals(0, breaker.consecutiveFailures());
        assertEquals("open > closed: reset by hand", transitions.get(1));
        assertTrue(enter() >= 0);
    }

    @Test
    void resetOfAClosedBreakerOnlyForgets() {
        long underWay = enter();
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }

        breaker.reset(clock.nanoTime());
        leave(underWay, Verdict.FAILURE);

        assertEquals(0, breaker.consecutiveFailures());
        assertEquals(List.of(), transitions);
        assertEquals(0, breaker.transitionsTo(State.CLOSED));
    }

    @Test
    void countsTransitions() {
        for (int i = 0; i < 3; i++) {
            trip();
            clock.advance(OPEN_FOR);
            call(Verdict.SUCCESS);
        }

        assertEquals(3, breaker.transitionsTo(State.OPEN));
        assertEquals(3, breaker.transitionsTo(State.HALF_OPEN));
        assertEquals(3, breaker.transitionsTo(State.CLOSED));
    }

    @Test
    void aListenerThatThrowsCostsNoPermit() {
        CircuitBreaker careless = new CircuitBreaker("app", new BreakerConfig(1, OPEN_FOR, 1), (b, from, to, why) -> {
            throw new IllegalStateException("on purpose");
        });
        careless.leave(careless.tryEnter(0), Verdict.FAILURE, 0);

        long probe = careless.tryEnter(OPEN_FOR.toNanos());

        assertTrue(probe >= 0);
        careless.leave(probe, Verdict.SUCCESS, OPEN_FOR.toNanos());
        assertEquals(State.CLOSED, careless.state());
    }

    @Test
    void labelsAreThoseOfTheMetric() {
        assertEquals("closed", State.CLOSED.label());
        assertEquals("open", State.OPEN.label());
        assertEquals("half_open", State.HALF_OPEN.label());
        assertEquals("app closed", breaker.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void refusesLimitsThatCouldNeverBeReached(int limit) {
        assertThrows(IllegalArgumentException.class, () -> breaker(limit, 1));
        assertThrows(IllegalArgumentException.class, () -> breaker(1, limit));
    }

    @Test
    void otherThresholdsLeaveItOpenAndCountTheTimeFromItsOpening() {
        trip();
        clock.advance(Duration.ofSeconds(4));

        breaker.reconfigure(new BreakerConfig(50, Duration.ofSeconds(10), 2));

        assertEquals(State.OPEN, breaker.state());
        assertEquals(5, breaker.consecutiveFailures());
        assertEquals(Duration.ofSeconds(6).toNanos(), breaker.retryAfterNanos(clock.nanoTime()));
        assertEquals(CircuitBreaker.REFUSED, enter());
        assertEquals(1, transitions.size());

        clock.advance(Duration.ofSeconds(6));
        assertTrue(enter() >= 0);
    }

    @Test
    void failuresBeyondALowerThresholdOpenItWithTheNextOne() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }

        breaker.reconfigure(new BreakerConfig(2, OPEN_FOR, 1));
        assertEquals(State.CLOSED, breaker.state());
        call(Verdict.FAILURE);

        assertEquals(State.OPEN, breaker.state());
        assertEquals(List.of("closed > open: failures in a row: 5"), transitions);
    }

    @Test
    void aHigherThresholdGoesOnWithWhatIsCounted() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE);
        }
        breaker.reconfigure(new BreakerConfig(6, OPEN_FOR, 1));

        call(Verdict.FAILURE);
        assertEquals(State.CLOSED, breaker.state());
        call(Verdict.FAILURE);

        assertEquals(State.OPEN, breaker.state());
    }

    @Test
    void aProbeUnderWayStillDecidesAfterOtherThresholds() {
        trip();
        clock.advance(OPEN_FOR);
        long probe = enter();

        breaker.reconfigure(new BreakerConfig(3, Duration.ofMinutes(5), 1));
        leave(probe, Verdict.SUCCESS);

        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void moreSuccessesThanAreAskedForStillNeedOneToCloseIt() {
        CircuitBreaker five = breaker(1, 5);
        five.leave(five.tryEnter(0), Verdict.FAILURE, 0);
        long afterNanos = OPEN_FOR.toNanos();
        for (int i = 0; i < 3; i++) {
            five.leave(five.tryEnter(afterNanos), Verdict.SUCCESS, afterNanos);
        }
        assertEquals(State.HALF_OPEN, five.state());

        five.reconfigure(new BreakerConfig(1, OPEN_FOR, 2));
        long probe = five.tryEnter(afterNanos);
        assertTrue(probe >= 0, "nobody else could close it");
        assertEquals(CircuitBreaker.REFUSED, five.tryEnter(afterNanos));
        five.leave(probe, Verdict.SUCCESS, afterNanos);

        assertEquals(State.CLOSED, five.state());
    }

    private CircuitBreaker breaker(int consecutiveFailures, int halfOpenCalls) {
        return new CircuitBreaker(
                "app",
                new BreakerConfig(consecutiveFailures, OPEN_FOR, halfOpenCalls),
                (b, from, to, why) -> transitions.add(from.label() + " > " + to.label() + ": " + why));
    }

    private long enter() {
        return breaker.tryEnter(clock.nanoTime());
    }

    private void leave(long permit, Verdict verdict) {
        breaker.leave(permit, verdict, clock.nanoTime());
    }

    private void call(Verdict verdict) {
        leave(enter(), verdict);
    }

    private void trip() {
        for (int i = 0; i < 5; i++) {
            call(Verdict.FAILURE);
        }
        assertEquals(State.OPEN, breaker.state());
    }
}
