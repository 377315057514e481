package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads; the counts are bounded and every assertion is about an exact number. */
class CircuitBreakerStressTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 1_000;
    private static final Duration OPEN_FOR = Duration.ofSeconds(30);
    private static final long AFTER_NANOS = OPEN_FOR.toNanos();

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final AtomicInteger toldOpen = new AtomicInteger();
    private final AtomicInteger toldHalfOpen = new AtomicInteger();
    private final AtomicInteger toldClosed = new AtomicInteger();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void manyFailuresAtOnceOpenItExactlyOnce() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            CircuitBreaker breaker = breaker(5, 1);
            long permit = breaker.tryEnter(0);
            race(thread -> failTimes(breaker, permit, 10));
            assertEquals(State.OPEN, breaker.state());
            assertEquals(1, breaker.transitionsTo(State.OPEN));
            assertEquals(round, toldOpen.get());
        }
    }

    @Test
    void noFailureIsLostAndNoneCountsTwice() throws Exception {
        int each = 100_000;
        for (int round = 0; round < 5; round++) {
            CircuitBreaker exactly = breaker(THREADS * each, 1);
            CircuitBreaker oneMore = breaker(THREADS * each + 1, 1);
            race(thread -> {
                failTimes(exactly, 0, each);
                failTimes(oneMore, 0, each);
            });
            assertEquals(State.OPEN, exactly.state());
            assertEquals(State.CLOSED, oneMore.state());
            assertEquals(THREADS * each, oneMore.consecutiveFailures());
        }
    }

    @Test
    void admitsExactlyTheProbesItMayAndClosesOnce() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            CircuitBreaker breaker = tripped(3);
            AtomicInteger admitted = new AtomicInteger();
            AtomicLong permit = new AtomicLong();
            race(thread -> {
                for (int i = 0; i < 5; i++) {
                    long mine = breaker.tryEnter(AFTER_NANOS);
                    if (mine != CircuitBreaker.REFUSED) {
                        permit.set(mine);
                        admitted.incrementAndGet();
                    }
                }
            });
            assertEquals(3, admitted.get());
            assertEquals(1, breaker.transitionsTo(State.HALF_OPEN));
            assertEquals(round, toldHalfOpen.get());

            race(thread -> breaker.leave(permit.get(), Verdict.SUCCESS, AFTER_NANOS));
            assertEquals(State.CLOSED, breaker.state());
            assertEquals(round, toldClosed.get());
        }
    }

    @Test
    void oneFailedProbeAmongManyOpensItOnce() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            CircuitBreaker breaker = tripped(THREADS);
            toldOpen.set(0);
            race(thread -> breaker.leave(
                    breaker.tryEnter(AFTER_NANOS), thread == 0 ? Verdict.FAILURE : Verdict.SUCCESS, AFTER_NANOS));
            // The others' calls came before the failure, or were refused after it.
            assertEquals(State.OPEN, breaker.state());
            assertEquals(1, toldOpen.get());
        }
    }

    @Test
    void probesGivenBackNeverLetMoreThanTheLimitIn() throws Exception {
        int limit = 2;
        CircuitBreaker breaker = tripped(limit);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        race(thread -> {
            for (int i = 0; i < 50_000; i++) {
                long permit = breaker.tryEnter(AFTER_NANOS);
                if (permit != CircuitBreaker.REFUSED) {
                    int now = inside.incrementAndGet();
                    most.accumulateAndGet(now, Math::max);
                    inside.decrementAndGet();
                    breaker.leave(permit, Verdict.IGNORED, AFTER_NANOS);
                }
            }
        });

        assertTrue(most.get() >= 1 && most.get() <= limit, "at most " + most);
        assertEquals(1, breaker.transitionsTo(State.HALF_OPEN));
        assertTrue(breaker.tryEnter(AFTER_NANOS) >= 0);
        assertTrue(breaker.tryEnter(AFTER_NANOS) >= 0);
        assertEquals(CircuitBreaker.REFUSED, breaker.tryEnter(AFTER_NANOS));
    }

    /** Each state is left as often as it was entered, give or take the present one: no transition is lost or told twice. */
    @Test
    void everyTransitionIsToldExactlyOnceUnderChaos() throws Exception {
        AtomicInteger[][] told = new AtomicInteger[3][3];
        for (AtomicInteger[] row : told) {
            for (int i = 0; i < row.length; i++) {
                row[i] = new AtomicInteger();
            }
        }
        CircuitBreaker breaker = new CircuitBreaker(
                "app",
                new BreakerConfig(3, Duration.ofNanos(50), 2),
                (b, from, to, why) -> told[from.ordinal()][to.ordinal()].incrementAndGet());
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 100_000);
        race(thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < 200_000; i++) {
                long permit = breaker.tryEnter(clock.incrementAndGet());
                int dice = random.nextInt(100);
                Verdict verdict = dice < 45 ? Verdict.SUCCESS : dice < 90 ? Verdict.FAILURE : Verdict.IGNORED;
                breaker.leave(permit, verdict, clock.get());
                if (dice == 99 && random.nextInt(50) == 0) {
                    breaker.reset(clock.get());
                }
            }
        });

        for (State state : State.values()) {
            int entered = state == State.CLOSED ? 1 : 0;
            int left = 0;
            for (State other : State.values()) {
                entered += told[other.ordinal()][state.ordinal()].get();
                left += told[state.ordinal()][other.ordinal()].get();
            }
            assertEquals(breaker.state() == state ? 1 : 0, entered - left, state.label());
            assertEquals(breaker.transitionsTo(state), entered - (state == State.CLOSED ? 1 : 0), state.label());
        }
        assertEquals(0, told[State.CLOSED.ordinal()][State.HALF_OPEN.ordinal()].get());
        assertTrue(
                breaker.transitionsTo(State.OPEN) > 100,
                "the test saw many trips: " + breaker.transitionsTo(State.OPEN));
    }

    private CircuitBreaker breaker(int consecutiveFailures, int halfOpenCalls) {
        return new CircuitBreaker(
                "app", new BreakerConfig(consecutiveFailures, OPEN_FOR, halfOpenCalls), (b, from, to, why) -> {
                    switch (to) {
                        case OPEN -> toldOpen.incrementAndGet();
                        case HALF_OPEN -> toldHalfOpen.incrementAndGet();
                        case CLOSED -> toldClosed.incrementAndGet();
                    }
                });
    }

    private CircuitBreaker tripped(int halfOpenCalls) {
        CircuitBreaker breaker = breaker(1, halfOpenCalls);
        breaker.leave(breaker.tryEnter(0), Verdict.FAILURE, 0);
        return breaker;
    }

    private static void failTimes(CircuitBreaker breaker, long permit, int times) {
        for (int i = 0; i < times; i++) {
            breaker.leave(permit, Verdict.FAILURE, 0);
        }
    }

    /** Runs {@code work} on all threads at once, told which of them it is. */
    private void race(IntConsumer work) throws Exception {
        // A barrier would wake the threads one after the other, and the first would be done before the last begins.
        AtomicInteger missing = new AtomicInteger(THREADS);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            ends.add(threads.submit(() -> {
                missing.decrementAndGet();
                while (missing.get() > 0) {
                    Thread.yield();
                }
                work.accept(thread);
                return null;
            }));
        }
        for (Future<?> end : ends) {
            end.get(60, TimeUnit.SECONDS);
        }
    }
}
