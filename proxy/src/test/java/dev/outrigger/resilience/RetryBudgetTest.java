package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RetryBudget budget = new RetryBudget(0);

    @Test
    void aQuietUpstreamMayBeAskedAgainAFewTimes() {
        for (int i = 0; i < RetryBudget.RESERVE; i++) {
            assertTrue(budget.tryRetry(0.2, 0));
        }
        assertFalse(budget.tryRetry(0.2, 0));
    }

    @Test
    void manyRequestsAllowTheirShare() {
        requests(1000, 0);

        assertEquals(200, retries(0.2, 500, 0));
    }

    @Test
    void theReserveDoesNotComeOnTop() {
        requests(100, 0);

        assertEquals(20, retries(0.2, 100, 0));
    }

    @Test
    void whatIsOlderThanTheWindowDoesNotCount() {
        requests(1000, 0);
        assertEquals(200, retries(0.2, 300, 5 * SECOND));

        assertEquals(0, retries(0.2, 300, 12 * SECOND), "the retries are in the window still");
        assertEquals(RetryBudget.RESERVE, retries(0.2, 300, 15 * SECOND));
    }

    @Test
    void aRefusalCostsNothing() {
        requests(1000, 0);
        retries(0.2, 1_000_000, 0);
        requests(5, 0);

        assertEquals(1, retries(0.2, 10, 0));
    }

    /** The model keeps every request and retry with its second. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void behavesLikeTheModelOverAMillionSteps(long seed) {
        Random random = new Random(seed);
        long origin = Long.MAX_VALUE - 3 * SECOND;
        RetryBudget subject = new RetryBudget(origin);
        ArrayDeque<long[]> requests = new ArrayDeque<>();
        ArrayDeque<long[]> retries = new ArrayDeque<>();
        double share = 0.05 + random.nextDouble() * 0.5;
        long elapsed = 0;
        for (int step = 0; step < 1_000_000; step++) {
            int dice = random.nextInt(1000);
            long now = origin + elapsed;
            if (dice < 600) {
                subject.onRequest(now);
                note(requests, elapsed);
            } else if (dice < 990) {
                long allowed = Math.max(RetryBudget.RESERVE, (long) (share * sum(requests, elapsed)));
                boolean expected = sum(retries, elapsed) < allowed;
                assertEquals(expected, subject.tryRetry(share, now), "step " + step);
                if (expected) {
                    note(retries, elapsed);
                }
            } else {
                elapsed += (long) (random.nextDouble() * (dice == 999 ? 20 : 1) * SECOND);
            }
        }
    }

    private static void note(ArrayDeque<long[]> counts, long elapsed) {
        long[] last = counts.peekLast();
        if (last != null && last[0] == elapsed / SECOND) {
            last[1]++;
        } else {
            counts.add(new long[] {elapsed / SECOND, 1});
        }
    }

    private static long sum(ArrayDeque<long[]> counts, long elapsed) {
        while (!counts.isEmpty() && elapsed / SECOND - counts.peek()[0] >= RetryBudget.WINDOW_SECONDS) {
            counts.poll();
        }
        return counts.stream().mapToLong(count -> count[1]).sum();
    }

    @Test
    void isNeverOverdrawnByWorkersThatAskAtTheSameTime() throws Exception {
        requests(10_000, 0);
        int workers = 4;
        CountDownLatch ready = new CountDownLatch(workers);
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        List<Future<Integer>> granted = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            granted.add(pool.submit(() -> {
                ready.countDown();
                ready.await();
                return retries(0.2, 50_000, SECOND);
            }));
        }
        int sum = 0;
        for (Future<Integer> one : granted) {
            sum += one.get(60, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertTrue(sum <= 2000, "granted " + sum);
        assertEquals(2000, sum + retries(0.2, 3000, SECOND), "and what they did not get is still there");
    }

    private void requests(int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            budget.onRequest(nowNanos);
        }
    }

    private int retries(double share, int asked, long nowNanos) {
        int granted = 0;
        for (int i = 0; i < asked; i++) {
            granted += budget.tryRetry(share, nowNanos) ? 1 : 0;
        }
        return granted;
    }
}
