package dev.outrigger.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.config.model.AbortWhenConfig;
import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.runtime.TrafficShift.State;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrafficShiftTest {
    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final ShiftConfig CONFIG = new ShiftConfig(
            "old", "new", List.of(0.1, 0.5, 1.0), EVERY, new AbortWhenConfig(0.05, Duration.ofSeconds(2)), 20);

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 1000);
    private final TrafficShift shift = new TrafficShift("r", CONFIG, clock.nanoTime());

    @Test
    void goesFromStepToStepAndIsDoneWhenTheLastOneHasLasted() {
        for (double share : new double[] {0.1, 0.5, 1.0}) {
            assertEquals(share, status().share(), 1e-9);
            calls(20, 0);
            clock.advance(EVERY.minusNanos(1));
            assertNull(tick());
            clock.advanceNanos(1);
            calls(1, 0);
            assertNotNull(calls(19, 0).tick());
        }
        assertEquals(State.DONE, status().state());
        assertEquals(1, status().share());
        clock.advance(EVERY);
        assertNull(tick());
    }

    @Test
    void aStepWaitsForItsCalls() {
        clock.advance(EVERY.multipliedBy(10));
        assertNull(tick());
        calls(19, 0);
        assertNull(tick());
        calls(1, 0);

        assertEquals(new TrafficShift.Change(false, 0.5, "step 2"), tick());
    }

    @Test
    void failuresCallItOffBeforeTheStepIsOver() {
        calls(19, 0);
        for (int i = 0; i < 2; i++) {
            shift.onCall(true, 0, clock.nanoTime());
        }

        assertEquals(new TrafficShift.Change(true, 0, "2 of 21 calls failed"), tick());
        assertEquals(State.ABORTED, status().state());
        assertEquals(1, status().aborts());
        assertEquals(0, news(1000));
        assertNull(tick(), "it stays off");
    }

    @Test
    void asManyFailuresAsMayBeDoNot() {
        calls(19, 0);
        shift.onCall(true, 0, clock.nanoTime());

        assertNull(tick());
    }

    @Test
    void moreThanOneSlowCallInAHundredCallsItOff() {
        calls(99, Duration.ofSeconds(2).toNanos());
        calls(1, Duration.ofSeconds(3).toNanos());
        assertNull(tick());
        calls(1, Duration.ofSeconds(3).toNanos());

        assertEquals(new TrafficShift.Change(true, 0, "2 of 101 calls took longer than p99 may"), tick());
    }

    @Test
    void anOpenBreakerCallsItOffWithoutFurtherCalls() {
        assertEquals(
                new TrafficShift.Change(true, 0, "the breaker of new is open"), shift.tick(true, clock.nanoTime()));
    }

    @Test
    void pausedItMakesNoStepButIsStillCalledOff() {
        shift.pause(clock.nanoTime());
        calls(20, 0);
        clock.advance(EVERY);
        calls(20, 0);
        assertNull(tick());
        assertEquals(0.1, status().share(), 1e-9);
        for (int i = 0; i < 10; i++) {
            shift.onCall(true, 0, clock.nanoTime());
        }

        assertNotNull(tick());
        assertEquals(State.ABORTED, status().state());
    }

    @Test
    void startedAgainItGoesOnAfterAPauseAndBeginsAnewAfterTheEnd() {
        clock.advance(EVERY);
        calls(20, 0).tick();
        shift.pause(clock.nanoTime());
        shift.start(clock.nanoTime());
        assertEquals(State.RUNNING, status().state());
        assertEquals(2, status().step());
        shift.abort(clock.nanoTime());
        assertEquals(0, status().share());

        shift.start(clock.nanoTime());

        assertEquals(1, status().step());
        assertEquals(0.1, status().share(), 1e-9);
        assertEquals(0, status().counts().calls(), "what was counted before says nothing any more");
    }

    @Test
    void promotedItIsDone() {
        shift.promote(clock.nanoTime());

        assertEquals(State.DONE, status().state());
        assertEquals(1000, news(1000));
    }

    @Test
    void theNewUpstreamGetsItsShare() {
        assertEquals(10_000, news(100_000), 1_000);
    }

    private int news(int requests) {
        SplittableRandom random = new SplittableRandom(3);
        int news = 0;
        for (int i = 0; i < requests; i++) {
            news += shift.takesNew(random.nextInt()) ? 1 : 0;
        }
        return news;
    }

    private TrafficShiftTest calls(int number, long durationNanos) {
        for (int i = 0; i < number; i++) {
            shift.onCall(false, durationNanos, clock.nanoTime());
        }
        return this;
    }

    private TrafficShift.Change tick() {
        return shift.tick(false, clock.nanoTime());
    }

    private TrafficShift.Status status() {
        return shift.status(clock.nanoTime());
    }
}
