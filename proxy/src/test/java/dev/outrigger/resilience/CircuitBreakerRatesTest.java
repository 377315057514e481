package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.FailsOnConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.SlowCallConfig;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rates, growing open times, and what is decided by hand. */
class CircuitBreakerRatesTest {
    private static final Duration OPEN_FOR = Duration.ofSeconds(10);
    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final int MIN_CALLS = 10;
    private static final long FAST_NANOS = Duration.ofMillis(20).toNanos();
    private static final long SLOW_NANOS = Duration.ofMillis(2001).toNanos();
    private static final BackoffConfig BACKOFF = new BackoffConfig(2, Duration.ofSeconds(60), 0.2);

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - OPEN_FOR.toNanos());
    private final List<String> transitions = new ArrayList<>();
    private double chance;
    private final CircuitBreaker breaker = breaker(Optional.of(0.5), Optional.of(0.8));

    @Test
    void aRateOfFailuresOpensIt() {
        for (int i = 0; i < 7; i++) {
            call(Verdict.SUCCESS, FAST_NANOS);
            call(Verdict.FAILURE, FAST_NANOS);
        }

        assertEquals(List.of("closed > open: 5 of 10 calls failed"), transitions);
    }

    @Test
    void judgesNothingBelowTheNumberOfCalls() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE, FAST_NANOS);
            call(Verdict.SUCCESS, FAST_NANOS);
        }
        call(Verdict.FAILURE, FAST_NANOS);
        assertEquals(State.CLOSED, breaker.state());

        call(Verdict.SUCCESS, FAST_NANOS);

        assertEquals(State.OPEN, breaker.state(), "a success can be the call that makes them enough");
    }

    @Test
    void failuresLeaveTheWindowWithTime() {
        for (int i = 0; i < 4; i++) {
            call(Verdict.FAILURE, FAST_NANOS);
            call(Verdict.SUCCESS, FAST_NANOS);
        }
        clock.advance(WINDOW);

        for (int i = 0; i < 20; i++) {
            call(Verdict.SUCCESS, FAST_NANOS);
        }

        assertEquals(State.CLOSED, breaker.state());
        assertEquals(new BreakerCounts(20, 0, 0), breaker.counts(clock.nanoTime()));
    }

    @Test
    void slowCallsOpenIt() {
        for (int i = 0; i < 10; i++) {
            call(Verdict.SUCCESS, i % 5 == 0 ? FAST_NANOS : SLOW_NANOS);
        }

        assertEquals(List.of("closed > open: 8 of 10 calls slow"), transitions);
        assertEquals(new BreakerCounts(10, 0, 8), breaker.counts(clock.nanoTime()));
    }

    @Test
    void aSlowProbeHasFailed() {
        trip(breaker);
        clock.advance(OPEN_FOR);

        call(Verdict.SUCCESS, SLOW_NANOS);
        assertEquals(State.OPEN, breaker.state());
        clock.advance(OPEN_FOR.multipliedBy(2));
        call(Verdict.SUCCESS, FAST_NANOS);

        assertEquals(State.CLOSED, breaker.state());
    }

    @Test
    void theWindowBeginsAnewWhenItCloses() {
        trip(breaker);
        assertNotNull(breaker.counts(clock.nanoTime()), "what opened it is shown");
        clock.advance(OPEN_FOR);
        call(Verdict.SUCCESS, FAST_NANOS);

        assertNull(breaker.counts(clock.nanoTime()));
        call(Verdict.SUCCESS, FAST_NANOS);
        assertEquals(new BreakerCounts(1, 0, 0), breaker.counts(clock.nanoTime()));
    }

    @Test
    void withoutRatesNothingIsCounted() {
        CircuitBreaker plain = breaker(Optional.empty(), Optional.empty());
        for (int i = 0; i < 1000; i++) {
            plain.leave(plain.tryEnter(0), i % 2 == 0 ? Verdict.FAILURE : Verdict.SUCCESS, SLOW_NANOS, 0);
        }

        assertEquals(State.CLOSED, plain.state());
        assertNull(plain.counts(0));
    }

    @Test
    void aWindowOfAnotherLengthBeginsAnewAndPermitsStayGood() {
        long permit = breaker.tryEnter(clock.nanoTime());
        for (int i = 0; i < 3; i++) {
            call(Verdict.FAILURE, FAST_NANOS);
        }
        breaker.reconfigure(config(Optional.of(0.5), Optional.empty(), WINDOW.multipliedBy(2)));

        breaker.leave(permit, Verdict.FAILURE, FAST_NANOS, clock.nanoTime());

        assertEquals(new BreakerCounts(1, 1, 0), breaker.counts(clock.nanoTime()));
        assertEquals(4, breaker.consecutiveFailures());
    }

    // ---- back-off

    @Test
    void theOpenTimeDoublesUpToItsCapAndTheJitterIsAddedToIt() {
        chance = 0.5;
        trip(breaker);
        for (long seconds : new long[] {11, 22, 44, 66, 66}) {
            assertEquals(Duration.ofSeconds(seconds).toNanos(), breaker.retryAfterNanos(clock.nanoTime()));
            clock.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertFalse(breaker.admits(clock.nanoTime()));
            clock.advanceNanos(1);
            assertTrue(breaker.admits(clock.nanoTime()));
            call(Verdict.FAILURE, FAST_NANOS);
        }
        assertEquals(6, breaker.trips());
    }

    @Test
    void aShortRecoveryIsNone() {
        trip(breaker);
        clock.advance(OPEN_FOR);
        call(Verdict.SUCCESS, FAST_NANOS);
        clock.advance(OPEN_FOR.minusNanos(1));

        trip(breaker);

        assertEquals(OPEN_FOR.toNanos() * 2, breaker.retryAfterNanos(clock.nanoTime()));
    }

    @Test
    void afterARecoveryAsLongAsItWasOpenTheOpenTimeIsTheFirstAgain() {
        trip(breaker);
        clock.advance(OPEN_FOR);
        call(Verdict.SUCCESS, FAST_NANOS);
        clock.advance(OPEN_FOR);

        trip(breaker);

        assertEquals(OPEN_FOR.toNanos(), breaker.retryAfterNanos(clock.nanoTime()));
    }

    // ---- calls that go on

    @Test
    void aCallThatGoesOnEndsFailuresInARowAndCountsOnce() {
        call(Verdict.FAILURE, FAST_NANOS);
        long permit = breaker.tryEnter(clock.nanoTime());

        long rest = breaker.leaveHalfway(permit, clock.nanoTime());
        assertEquals(0, breaker.consecutiveFailures());
        assertEquals(new BreakerCounts(1, 1, 0), breaker.counts(clock.nanoTime()));
        breaker.leave(rest, Verdict.FAILURE, clock.nanoTime());

        assertEquals(new BreakerCounts(2, 2, 0), breaker.counts(clock.nanoTime()));
    }

    @Test
    void aProbeThatGoesOnClosesItAndItsEndCounts() {
        trip(breaker);
        clock.advance(OPEN_FOR);
        long probe = breaker.tryEnter(clock.nanoTime());

        long rest = breaker.leaveHalfway(probe, clock.nanoTime());

        assertEquals(State.CLOSED, breaker.state());
        breaker.leave(rest, Verdict.FAILURE, clock.nanoTime());
        assertEquals(1, breaker.consecutiveFailures());
    }

    // ---- by hand

    @Test
    void openedByHandItLetsNoProbeThroughUntilItIsReset() {
        breaker.forceOpen(clock.nanoTime());
        clock.advance(Duration.ofDays(1));

        assertEquals(CircuitBreaker.REFUSED, breaker.tryEnter(clock.nanoTime()));
        assertFalse(breaker.admits(clock.nanoTime()));
        assertTrue(breaker.isForced());
        assertEquals(0, breaker.retryAfterNanos(clock.nanoTime()), "nobody knows");
        breaker.reset(clock.nanoTime());

        assertFalse(breaker.isForced());
        assertTrue(breaker.tryEnter(clock.nanoTime()) >= 0);
        assertEquals(List.of("closed > open: opened by hand", "open > closed: reset by hand"), transitions);
    }

    @Test
    void closedByHandItPassesEverythingWhateverFails() {
        trip(breaker);
        breaker.forceClosed(clock.nanoTime());

        for (int i = 0; i < 100; i++) {
            call(Verdict.FAILURE, SLOW_NANOS);
        }

        assertEquals(State.CLOSED, breaker.state());
        assertTrue(breaker.isForced());
        assertEquals(100, breaker.consecutiveFailures(), "it counts on");
        breaker.reset(clock.nanoTime());
        assertEquals(0, breaker.consecutiveFailures());
    }

    @Test
    void whatWasForcedOutlivesOtherThresholds() {
        breaker.forceOpen(clock.nanoTime());

        breaker.reconfigure(config(Optional.empty(), Optional.empty(), WINDOW));

        assertTrue(breaker.isForced());
        assertEquals(State.OPEN, breaker.state());
    }

    private void trip(CircuitBreaker tripped) {
        while (tripped.state() == State.CLOSED) {
            tripped.leave(tripped.tryEnter(clock.nanoTime()), Verdict.FAILURE, FAST_NANOS, clock.nanoTime());
        }
    }

    private void call(Verdict verdict, long durationNanos) {
        breaker.leave(breaker.tryEnter(clock.nanoTime()), verdict, durationNanos, clock.nanoTime());
    }

    private CircuitBreaker breaker(Optional<Double> failureRate, Optional<Double> slowRate) {
        return new CircuitBreaker(
                "app",
                config(failureRate, slowRate, WINDOW),
                (b, from, to, why) -> transitions.add(from.label() + " > " + to.label() + ": " + why),
                () -> chance);
    }

    private static BreakerConfig config(Optional<Double> failureRate, Optional<Double> slowRate, Duration window) {
        return new BreakerConfig(
                50,
                OPEN_FOR,
                1,
                BACKOFF,
                failureRate.map(rate -> new FailureRateConfig(rate, window, MIN_CALLS)),
                slowRate.map(rate -> new SlowCallConfig(Duration.ofSeconds(2), rate, window, MIN_CALLS)),
                FailsOnConfig.SERVER_ERRORS);
    }
}
