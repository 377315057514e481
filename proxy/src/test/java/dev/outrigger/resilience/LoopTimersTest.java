package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.resilience.LoopTimers.Timer;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimersTest {
    private static final Duration TICK = Duration.ofNanos(LoopTimers.TICK_NANOS);
    private static final Duration TURN = TICK.multipliedBy(LoopTimers.SLOTS);

    /** Wraps around after three seconds. */
    private final ManualClock clock =
            new ManualClock(Long.MAX_VALUE - Duration.ofSeconds(3).toNanos());

    private final ManualTicks ticks = new ManualTicks(clock);
    private final List<String> failures = new ArrayList<>();
    private final LoopTimers timers =
            new LoopTimers(clock, ticks, (timer, e) -> failures.add(timer + ": " + e.getMessage()));
    private final List<String> fired = new ArrayList<>();

    /** Assertions inside callbacks end up here too. */
    @AfterEach
    void nothingFailedButOnPurpose() {
        assertEquals(
                List.of(),
                failures.stream().filter(f -> !f.endsWith("on purpose")).toList());
    }

    @Test
    void firesNeverEarlyAndAtMostOneTickLate() {
        TestTimer timer = new TestTimer("a");
        arm(timer, Duration.ofMillis(73));
        assertTrue(timer.isArmed());

        ticks.advance(Duration.ofMillis(73).minusNanos(1));
        assertEquals(List.of(), fired);

        ticks.advance(TICK);
        assertEquals(List.of("a"), fired);
        assertFalse(timer.isArmed());
    }

    @Test
    void firesOnlyOnce() {
        arm(new TestTimer("a"), Duration.ofMillis(20));

        ticks.advance(TURN.multipliedBy(3));

        assertEquals(List.of("a"), fired);
    }

    @Test
    void deadlinesLongerThanATurnOfTheWheelAreKept() {
        arm(new TestTimer("a"), Duration.ofHours(1));

        ticks.advance(Duration.ofHours(1).minusNanos(1));
        assertEquals(List.of(), fired);

        ticks.advance(TICK);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void aCancelledTimerDoesNotFire() {
        TestTimer timer = new TestTimer("a");
        arm(timer, Duration.ofMillis(50));

        timers.cancel(timer);
        timers.cancel(timer);

        assertFalse(timer.isArmed());
        ticks.advance(TURN);
        assertEquals(List.of(), fired);
    }

    @Test
    void armingAgainMovesTheDeadlineLater() {
        TestTimer timer = new TestTimer("a");
        arm(timer, Duration.ofMillis(50));
        arm(timer, Duration.ofMillis(200));

        ticks.advance(Duration.ofMillis(199));
        assertEquals(List.of(), fired);

        ticks.advance(TICK);
        assertEquals(List.of("a"), fired);
    }

    @Test
    void armingAgainMovesTheDeadlineEarlier() {
        TestTimer timer = new TestTimer("a");
        arm(timer, Duration.ofSeconds(8));
        arm(timer, Duration.ofMillis(50));

        ticks.advance(Duration.ofMillis(60));

        assertEquals(List.of("a"), fired);
    }

    @Test
    void aDeadlineThatHasPassedFiresWithTheNextTickNotAtOnce() {
        arm(new TestTimer("now"), Duration.ZERO);
        arm(new TestTimer("past"), Duration.ofSeconds(-20));
        assertEquals(List.of(), fired);

        ticks.advance(TICK);

        assertEquals(List.of("now", "past"), fired);
    }

    @Test
    void anOverdueDeadlineIsNotLostBehindTheHandWhileAWakeUpIsFarAway() {
        arm(new TestTimer("far"), Duration.ofSeconds(9));
        ticks.advance(Duration.ofSeconds(5));

        arm(new TestTimer("past"), Duration.ofSeconds(-4));
        ticks.advance(TICK);

        assertEquals(List.of("past"), fired);
    }

    @Test
    void armsWellAfterHoursOfNothing() {
        arm(new TestTimer("before"), Duration.ofMillis(10));
        ticks.advance(Duration.ofHours(30));

        arm(new TestTimer("after"), Duration.ofMillis(15));
        ticks.advance(Duration.ofMillis(14));
        assertEquals(List.of("before"), fired);

        ticks.advance(TICK);
        assertEquals(List.of("before", "after"), fired);
    }

    @Test
    void aLoopThatStalledForTurnsFiresEverythingDueAtOnce() {
        arm(new TestTimer("a"), Duration.ofSeconds(1));
        arm(new TestTimer("b"), Duration.ofSeconds(4));
        arm(new TestTimer("c"), Duration.ofSeconds(25));
        arm(new TestTimer("d"), Duration.ofHours(2));

        clock.advance(Duration.ofSeconds(60));
        ticks.advance(Duration.ZERO);

        assertEquals(List.of("a", "b", "c"), fired.stream().sorted().toList());
    }

    @Test
    void armingWhileTheWakeUpIsLateLosesNoTimer() {
        arm(new TestTimer("due"), Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(5));

        arm(new TestTimer("past"), Duration.ofMillis(-4_500));
        arm(new TestTimer("soon"), Duration.ofMillis(5));
        ticks.advance(TICK);

        assertEquals(List.of("due", "past", "soon"), fired.stream().sorted().toList());
    }

    @Test
    void aTimerMayCancelAnotherThatIsDueInTheSameTick() {
        TestTimer second = new TestTimer("second");
        TestTimer third = new TestTimer("third");
        arm(new TestTimer("first", () -> timers.cancel(second)), Duration.ofMillis(5));
        arm(second, Duration.ofMillis(5));
        arm(third, Duration.ofMillis(5));

        ticks.advance(TICK.multipliedBy(2));

        assertEquals(List.of("first", "third"), fired);
        assertFalse(second.isArmed());
    }

    @Test
    void aTimerMayCancelAnotherOfItsSlotThatIsTurnsAway() {
        TestTimer later = new TestTimer("later");
        arm(new TestTimer("first", () -> timers.cancel(later)), Duration.ofMillis(5));
        arm(later, TURN.plusMillis(5));

        ticks.advance(TURN.multipliedBy(2));

        assertEquals(List.of("first"), fired);
        assertEquals(0, ticks.pending());
    }

    @Test
    void aTimerMayMoveAnotherThatIsDueInTheSameTick() {
        TestTimer second = new TestTimer("second");
        arm(new TestTimer("first", () -> arm(second, Duration.ofMillis(100))), Duration.ofMillis(5));
        arm(second, Duration.ofMillis(5));

        ticks.advance(Duration.ofMillis(90));
        assertEquals(List.of("first"), fired);

        ticks.advance(Duration.ofMillis(40));
        assertEquals(List.of("first", "second"), fired);
    }

    @Test
    void aTimerMayArmItselfAgainEvenForThePast() {
        TestTimer[] self = new TestTimer[1];
        self[0] = new TestTimer("again", () -> {
            if (fired.size() < 3) {
                arm(self[0], Duration.ofMillis(-1));
            }
        });
        arm(self[0], Duration.ofMillis(5));

        ticks.advance(TICK);
        assertEquals(1, fired.size());
        ticks.advance(TICK);
        assertEquals(2, fired.size());
        ticks.advance(TICK.multipliedBy(10));
        assertEquals(3, fired.size());
        assertEquals(0, ticks.pending());
    }

    @Test
    void aTimerThatThrowsIsReportedAndLosesNoOther() {
        arm(
                new TestTimer("bad", () -> {
                    throw new IllegalStateException("on purpose");
                }),
                Duration.ofMillis(5));
        arm(new TestTimer("good"), Duration.ofMillis(5));
        arm(new TestTimer("later"), Duration.ofMillis(500));

        ticks.advance(Duration.ofSeconds(1));

        assertEquals(List.of("bad", "good", "later"), fired);
        assertEquals(List.of("bad: on purpose"), failures);
    }

    @Test
    void withoutAHandlerATimerThatThrowsIsLogged() {
        LoopTimers logging = new LoopTimers(clock, ticks);
        logging.arm(
                new TestTimer("bad", () -> {
                    throw new IllegalStateException("on purpose");
                }),
                clock.nanoTime());
        logging.arm(new TestTimer("good"), clock.nanoTime());

        ticks.advance(TICK);

        assertEquals(List.of("bad", "good"), fired);
    }

    @Test
    void nothingIsScheduledWhileNothingIsArmed() {
        assertEquals(0, ticks.pending());
        TestTimer timer = new TestTimer("a");
        arm(timer, Duration.ofSeconds(5));
        assertEquals(1, ticks.pending());
        timers.cancel(timer);

        ticks.advance(TURN);

        assertEquals(0, ticks.pending());
        assertEquals(1, ticks.scheduledEver());
    }

    @Test
    void anIdleStreamWakesTheLoopOncePerTurn() {
        arm(new TestTimer("idle stream"), Duration.ofMinutes(5));

        ticks.advance(Duration.ofMinutes(5).plus(TICK));

        assertEquals(List.of("idle stream"), fired);
        assertTrue(ticks.scheduledEver() <= 31, "wake-ups in five minutes: " + ticks.scheduledEver());
    }

    @Test
    void armingAfterALongSleepCausesNoNeedlessWakeUp() {
        arm(new TestTimer("idle stream"), Duration.ofMinutes(5));
        ticks.advance(Duration.ofSeconds(9));
        int before = ticks.scheduledEver();

        // Its slot lies between the last wake-up (3.04 s) and now; the hand passes it again after the next one (13.28
        // s).
        arm(new TestTimer("request"), Duration.ofSeconds(15));

        assertEquals(before, ticks.scheduledEver());
    }

    @Test
    void requestsThatComeAndGoShareWakeUps() {
        TestTimer timeout = new TestTimer("timeout");
        for (int i = 0; i < 10_000; i++) {
            arm(timeout, Duration.ofSeconds(15));
            ticks.advance(Duration.ofMillis(1));
            timers.cancel(timeout);
        }

        assertTrue(ticks.scheduledEver() <= 4, "wake-ups in ten seconds: " + ticks.scheduledEver());
    }

    @Test
    void aBusyWheelWakesAtMostOncePerTick() {
        List<TestTimer> all = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            all.add(new TestTimer("t" + i));
        }
        for (int i = 0; i < 20_000; i++) {
            arm(all.get(i % all.size()), Duration.ofMillis(2_500 - i % 1_000));
            ticks.advance(Duration.ofMillis(1));
        }

        assertTrue(ticks.scheduledEver() <= 2_000, "wake-ups in 2,000 ticks: " + ticks.scheduledEver());
    }

    @Test
    void aSupersededWakeUpDoesNothing() {
        TestTimer far = new TestTimer("far");
        arm(far, Duration.ofSeconds(9));
        arm(new TestTimer("near"), Duration.ofMillis(100));
        timers.cancel(far);
        arm(new TestTimer("farther"), Duration.ofSeconds(10));

        ticks.advance(Duration.ofSeconds(8));
        assertEquals(List.of("near"), fired);
        assertEquals(2, ticks.pending(), "the superseded one and the one for farther");

        ticks.advance(Duration.ofMillis(1_500));
        assertEquals(1, ticks.pending());
        assertEquals(3, ticks.scheduledEver());

        ticks.advance(Duration.ofSeconds(1));
        assertEquals(List.of("near", "farther"), fired);
        assertEquals(0, ticks.pending());
    }

    @Test
    void aLoopThatWakesTooEarlyAsksAgain() {
        arm(new TestTimer("a"), Duration.ofMillis(500));

        ticks.runEarly();
        assertEquals(List.of(), fired);
        ticks.advance(Duration.ofMillis(510));

        assertEquals(List.of("a"), fired);
    }

    private void arm(Timer timer, Duration fromNow) {
        timers.arm(timer, clock.nanoTime() + fromNow.toNanos());
    }

    private final class TestTimer extends Timer {
        private final String name;
        private final Runnable action;

        TestTimer(String name) {
            this(name, () -> {});
        }

        TestTimer(String name, Runnable action) {
            this.name = name;
            this.action = action;
        }

        @Override
        protected void onDeadline(long nowNanos) {
            assertEquals(clock.nanoTime(), nowNanos);
            assertFalse(isArmed());
            fired.add(name);
            action.run();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
