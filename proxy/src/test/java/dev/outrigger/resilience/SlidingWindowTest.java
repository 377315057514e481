package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingWindowTest {
    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5})
    void aPlaceIsFreeAgainWhenItsCallHasLeftTheWindow(long start) {
        SlidingWindow meter = new SlidingWindow(2, 100, start);

        assertEquals(0, meter.take(1, start));
        assertEquals(0, meter.take(1, start + 60));
        assertEquals(30, meter.take(1, start + 70));
        assertEquals(0, meter.take(1, start + 100));
        assertEquals(60, meter.take(1, start + 100));
        assertEquals(0, meter.available(start + 100));
        assertEquals(1, meter.available(start + 160));
        assertEquals(2, meter.available(start + 200));
    }

    @Test
    void severalCallsPassTogetherOrNotAtAll() {
        SlidingWindow meter = new SlidingWindow(3, 100, 0);

        assertEquals(0, meter.take(2, 0));
        assertEquals(100, meter.take(2, 0));
        assertEquals(1, meter.available(0));
        assertTrue(meter.take(4, 1000) > 0, "more than the window takes");
    }

    /** Against the times of all calls, over a million steps. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itDecidesLikeAListOfTimes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 25; round++) {
            int rate = random.nextInt(1, 40);
            long perNanos = random.nextLong(1, 10_000);
            SlidingWindow meter = new SlidingWindow(rate, perNanos, -3);
            ArrayDeque<Long> times = new ArrayDeque<>();
            long now = -3;
            for (int step = 0; step < 10_000; step++) {
                now += random.nextInt(3) == 0 ? 0 : random.nextLong(1 + 2 * perNanos / rate);
                while (!times.isEmpty() && now - times.peek() >= perNanos) {
                    times.poll();
                }
                int calls = random.nextInt(8) == 0 ? random.nextInt(1, 5) : 1;
                assertEquals(rate - times.size(), meter.available(now));
                boolean expected = times.size() + calls <= rate;
                long wait = meter.take(calls, now);
                assertEquals(expected, wait == 0);
                if (expected) {
                    for (int i = 0; i < calls; i++) {
                        times.add(now);
                    }
                } else if (calls == 1) {
                    assertEquals(perNanos - (now - times.peek()), wait);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 500})
    void fourThreadsAreGivenNotOneMoreThanOne(int rate) throws Exception {
        SlidingWindow meter = new SlidingWindow(rate, 1_000_000, 0);
        AtomicInteger admitted = new AtomicInteger();
        AtomicLong window = new AtomicLong();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int step = 0; step < 200_000; step++) {
                    long now = step % 1000 == 0 ? window.addAndGet(250_000) : window.get();
                    if (meter.take(1, now) == 0) {
                        admitted.incrementAndGet();
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join(30_000);
        }
        long windows = window.get() / 1_000_000 + 1;
        assertTrue(admitted.get() <= windows * rate, admitted + " in " + windows + " windows of " + rate);
        assertTrue(admitted.get() >= rate, "at least one window was filled");
    }
}
