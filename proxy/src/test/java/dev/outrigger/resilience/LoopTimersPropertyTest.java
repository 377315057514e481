package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.resilience.LoopTimers.Timer;
import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Any sequence of arming, cancelling and waiting, also from inside callbacks, against a map of deadlines. */
class LoopTimersPropertyTest {
    private static final int TIMERS = 12;

    @Property(tries = 1_000)
    void eachArmedTimerFiresOnceInTimeUnlessCancelled(
            @ForAll("steps") List<Step> steps, @ForAll @IntRange(max = 100_000) int millisBeforeWrap) {
        Bench bench =
                new Bench(Long.MAX_VALUE - Duration.ofMillis(millisBeforeWrap).toNanos());
        for (Step step : steps) {
            switch (step.kind()) {
                case ARM -> bench.arm(step.timer(), step.nanos());
                case CANCEL -> bench.cancel(step.timer());
                case WAIT -> bench.ticks.advance(Duration.ofNanos(Math.abs(step.nanos())));
                case STALL -> bench.stall(step.timer(), Math.abs(step.nanos()));
            }
            bench.check();
        }
        bench.actionsLeft = 0;
        bench.ticks.advance(Duration.ofMinutes(3));
        bench.check();
        assertEquals(Map.of(), bench.latestNanos, "all timers that were armed have fired");
        assertEquals(0, bench.ticks.pending(), "and the loop may sleep");
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(10, Kind.ARM), Tuple.of(4, Kind.CANCEL), Tuple.of(8, Kind.WAIT), Tuple.of(1, Kind.STALL));
        Arbitrary<Integer> timers = Arbitraries.integers().between(0, TIMERS - 1);
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.longs().between(-30_000_000L, 60_000_000L),
                Arbitraries.longs().between(0, 2_000_000_000L),
                Arbitraries.longs().between(0, 60_000_000_000L),
                Arbitraries.integers().between(0, 4_000).map(tick -> tick * LoopTimers.TICK_NANOS));
        return Combinators.combine(kinds, timers, nanos).as(Step::new).list().ofMaxSize(80);
    }

    enum Kind {
        ARM,
        CANCEL,
        WAIT,
        STALL
    }

    record Step(Kind kind, int timer, long nanos) {}

    /** The wheel beside the model: for each armed timer its deadline, and the latest instant at which it may fire. */
    private static final class Bench {
        final ManualClock clock;
        final ManualTicks ticks;
        final LoopTimers timers;
        final List<ModelTimer> all = new ArrayList<>();
        final Map<Integer, Long> deadlineNanos = new HashMap<>();
        final Map<Integer, Long> latestNanos = new HashMap<>();
        long stalledUntilNanos;
        /** What callbacks may still do, so that timers that arm each other come to an end. */
        int actionsLeft = 50;

        Bench(long startNanos) {
            clock = new ManualClock(startNanos);
            stalledUntilNanos = startNanos;
            ticks = new ManualTicks(clock);
            timers = new LoopTimers(clock, ticks, (timer, e) -> {
                throw new AssertionError("callback failed", e);
            });
            for (int i = 0; i < TIMERS; i++) {
                all.add(new ModelTimer(this, i));
            }
        }

        void arm(int index, long fromNowNanos) {
            long deadline = clock.nanoTime() + fromNowNanos;
            deadlineNanos.put(index, deadline);
            latestNanos.put(index, clock.nanoTime() + Math.max(0, fromNowNanos) + LoopTimers.TICK_NANOS);
            timers.arm(all.get(index), deadline);
        }

        void cancel(int index) {
            deadlineNanos.remove(index);
            latestNanos.remove(index);
            timers.cancel(all.get(index));
        }

        /** The loop is busy: time passes, a timer is armed for the past, then all that was scheduled runs at once. */
        void stall(int index, long nanos) {
            clock.advanceNanos(nanos);
            arm(index, -nanos / 2);
            stalledUntilNanos = clock.nanoTime();
            ticks.advance(Duration.ZERO);
        }

        void fired(int index, long nowNanos) {
            Long deadline = deadlineNanos.remove(index);
            assertNotNull(deadline, "a timer fired that was not armed");
            assertTrue(nowNanos - deadline >= 0, "early");
            long latest = latestNanos.remove(index);
            assertTrue(nowNanos - latest <= 0 || nowNanos == stalledUntilNanos, "late");
            if (actionsLeft > 0) {
                actionsLeft--;
                act(index);
            }
        }

        private void act(int index) {
            switch (index % 5) {
                case 1 -> cancel(index - 1);
                case 2 -> arm(index, 7_000_000);
                case 3 -> arm((index + 1) % TIMERS, -1);
                case 4 -> arm(index - 1, 15_000_000_000L);
                default -> {}
            }
        }

        void check() {
            for (int i = 0; i < TIMERS; i++) {
                assertEquals(deadlineNanos.containsKey(i), all.get(i).isArmed());
            }
            for (long latest : latestNanos.values()) {
                assertTrue(clock.nanoTime() - latest <= 0, "a timer is overdue");
            }
        }
    }

    private static final class ModelTimer extends Timer {
        private final Bench bench;
        private final int index;

        ModelTimer(Bench bench, int index) {
            this.bench = bench;
            this.index = index;
        }

        @Override
        protected void onDeadline(long nowNanos) {
            bench.fired(index, nowNanos);
        }
    }
}
