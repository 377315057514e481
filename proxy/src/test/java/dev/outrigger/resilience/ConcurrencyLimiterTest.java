package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.resilience.ConcurrencyLimiter.Ending;
import dev.outrigger.resilience.ConcurrencyLimiter.Entry;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.resilience.ConcurrencyLimiter.Ticket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final List<String> served = new ArrayList<>();

    private static ConcurrencyLimiter limiter(int max, int queue) {
        return new ConcurrencyLimiter(
                Scope.ROUTE, "r", new ConcurrencyLimitConfig(max, queue, Duration.ofSeconds(1), false, 1), 0);
    }

    private Ticket ticket(int calls, String name) {
        return new Ticket(calls, loop::add, () -> served.add(name));
    }

    private void runLoop() {
        while (!loop.isEmpty()) {
            loop.poll().run();
        }
    }

    @Test
    void whoComesWhenAllPlacesAreTakenWaitsForItsTurn() {
        ConcurrencyLimiter limiter = limiter(1, 2);
        assertEquals(Entry.ENTERED, limiter.tryEnter(1));
        assertEquals(Entry.MUST_WAIT, limiter.tryEnter(1));
        assertTrue(limiter.queue(ticket(1, "a")));
        assertTrue(limiter.queue(ticket(1, "b")));
        assertEquals(Entry.FULL, limiter.tryEnter(1));

        limiter.leave(1, 0, Ending.ANSWERED, 0);
        runLoop();
        assertEquals(List.of("a"), served);
        assertEquals(1, limiter.used());
        limiter.leave(1, 0, Ending.ANSWERED, 0);
        runLoop();
        assertEquals(List.of("a", "b"), served);
        limiter.leave(1, 0, Ending.ANSWERED, 0);
        assertEquals(0, limiter.used());
        assertEquals(2, limiter.queued());
        assertEquals(1, limiter.refusedFull());
    }

    @Test
    void whoGivesUpIsPassedOver() {
        ConcurrencyLimiter limiter = limiter(1, 5);
        limiter.tryEnter(1);
        Ticket late = ticket(1, "late");
        limiter.queue(late);
        limiter.queue(ticket(1, "next"));
        assertTrue(limiter.giveUp(late, true));
        assertFalse(limiter.giveUp(late, true));
        assertEquals(1, limiter.waiting());

        limiter.leave(1, 0, Ending.ANSWERED, 0);
        runLoop();
        assertEquals(List.of("next"), served);
        assertEquals(1, limiter.refusedLate());
    }

    @Test
    void whatNobodyAnswersSaysNothingOfHowLongCallsTake() {
        ConcurrencyLimitConfig adaptive = new ConcurrencyLimitConfig(100, 0, Duration.ofSeconds(1), true, 1);
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(Scope.ROUTE, "r", adaptive, 0);
        int before = limiter.limit();
        long nowNanos = windows(limiter, 50, 1_000, Ending.UNHEARD, 0);
        windows(limiter, 50, 10_000_000, Ending.ANSWERED, nowNanos);
        assertEquals(before, limiter.limit());
        assertEquals(0, limiter.used());
    }

    /** Windows in which all calls, one at a time, take as long. */
    private static long windows(ConcurrencyLimiter limiter, int count, long tookNanos, Ending ending, long sinceNanos) {
        long nowNanos = sinceNanos;
        for (int i = 0; i < count; i++) {
            nowNanos += GradientLimit.WINDOW_NANOS;
            for (int sample = 0; sample < GradientLimit.FEWEST_SAMPLES; sample++) {
                limiter.tryEnter(1);
                limiter.leave(1, tookNanos, ending, nowNanos);
            }
        }
        return nowNanos;
    }

    @Test
    void whoGivesUpALargePlaceLetsThoseBehindInWhoNeedLess() {
        ConcurrencyLimiter limiter = limiter(3, 5);
        limiter.tryEnter(2);
        Ticket large = ticket(3, "large");
        limiter.queue(large);
        limiter.queue(ticket(1, "small"));
        runLoop();
        assertEquals(List.of(), served);

        limiter.giveUp(large, true);
        runLoop();

        assertEquals(List.of("small"), served);
        assertEquals(3, limiter.used());
    }

    @Test
    void aPlaceOnItsWayIsNotGivenUp() {
        ConcurrencyLimiter limiter = limiter(1, 5);
        limiter.tryEnter(1);
        Ticket ticket = ticket(1, "a");
        limiter.queue(ticket);
        limiter.leave(1, 0, Ending.ANSWERED, 0);
        assertFalse(limiter.giveUp(ticket, true));
        runLoop();
        assertEquals(List.of("a"), served);
    }

    @Test
    void whatComesLaterDoesNotOvertake() {
        ConcurrencyLimiter limiter = limiter(3, 5);
        limiter.tryEnter(2);
        limiter.queue(ticket(3, "large"));
        assertEquals(Entry.MUST_WAIT, limiter.tryEnter(1), "there is a place, but one waits for more");
        limiter.leave(2, 0, Ending.ANSWERED, 0);
        runLoop();
        assertEquals(List.of("large"), served);
    }

    @Test
    void whatIsLargerThanTheLimitGoesAlone() {
        ConcurrencyLimiter limiter = limiter(2, 1);
        assertEquals(Entry.ENTERED, limiter.tryEnter(5));
        assertEquals(Entry.MUST_WAIT, limiter.tryEnter(1));
        limiter.leave(5, 0, Ending.ANSWERED, 0);
        assertEquals(0, limiter.used());
    }

    @Test
    void aPlaceThatCameFreeBeforeTheLineWasJoinedIsNotLost() {
        ConcurrencyLimiter limiter = limiter(1, 5);
        limiter.tryEnter(1);
        assertEquals(Entry.MUST_WAIT, limiter.tryEnter(1));
        limiter.leave(1, 0, Ending.ANSWERED, 0);
        limiter.queue(ticket(1, "a"));
        runLoop();
        assertEquals(List.of("a"), served);
    }

    @Test
    void manyThreadsNeverHoldMoreThanThereAreAndAllAreServed() throws Exception {
        ConcurrencyLimiter limiter = limiter(3, 1_000_000);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int threads = 4;
        int calls = 20_000;
        CountDownLatch done = new CountDownLatch(threads * calls);
        ExecutorService[] loops = new ExecutorService[threads];
        for (int i = 0; i < threads; i++) {
            loops[i] = Executors.newSingleThreadExecutor();
        }
        for (int i = 0; i < threads; i++) {
            ExecutorService own = loops[i];
            SplittableRandom random = new SplittableRandom(i);
            own.execute(() -> {
                for (int call = 0; call < calls; call++) {
                    boolean givesUp = random.nextInt(10) == 0;
                    Runnable work = () -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        own.execute(() -> {
                            inside.decrementAndGet();
                            limiter.leave(1, 0, Ending.ANSWERED, 0);
                            done.countDown();
                        });
                    };
                    if (limiter.tryEnter(1) == Entry.ENTERED) {
                        work.run();
                    } else {
                        Ticket ticket = new Ticket(1, own, work);
                        limiter.queue(ticket);
                        if (givesUp && limiter.giveUp(ticket, false)) {
                            done.countDown();
                        }
                    }
                }
            });
        }
        assertTrue(done.await(60, TimeUnit.SECONDS), () -> done.getCount() + " were never served");
        for (ExecutorService one : loops) {
            one.shutdown();
        }
        assertTrue(most.get() <= 3, most + " at once");
        assertEquals(0, limiter.used());
        assertEquals(0, limiter.waiting());
    }
}
