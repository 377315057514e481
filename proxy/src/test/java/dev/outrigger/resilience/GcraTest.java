package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcraTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 5})
    void aFullBucketGivesItsBurstAtOnceAndThenTheRate(long start) {
        Gcra meter = new Gcra(new Gcra.Pace(10, SECOND, 3), start);

        assertEquals(3, meter.available(start));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, meter.take(1, start));
        }
        assertEquals(SECOND / 10, meter.take(1, start));
        assertEquals(1, meter.take(1, start + SECOND / 10 - 1));
        assertEquals(0, meter.take(1, start + SECOND / 10));
        assertEquals(0, meter.available(start + SECOND / 10));
        assertEquals(3, meter.available(start + SECOND), "it never holds more than the burst");
    }

    @Test
    void severalCallsPassTogetherOrNotAtAll() {
        Gcra meter = new Gcra(new Gcra.Pace(10, SECOND, 5), 0);

        assertEquals(0, meter.take(3, 0));
        assertEquals(SECOND / 10, meter.take(3, 0));
        assertEquals(2, meter.available(0));
        assertTrue(meter.take(6, 60 * SECOND) > 0, "more than the bucket holds");
    }

    /** A third of a nanosecond each time would be a call in three hundred million. */
    @ParameterizedTest
    @CsvSource({"3,1000000000,2", "7,1000000,2", "999983,1000000000,10", "1000,1000000000,1", "999983,3600000000000,5"})
    void whatIsAdmittedIsTheRateTimesTheTimeAndTheBurst(int rate, long perNanos, int burst) {
        Gcra meter = new Gcra(new Gcra.Pace(rate, perNanos, burst), 0);
        long now = 0;
        int admitted = 0;
        while (admitted < 100_000) {
            long wait = meter.take(1, now);
            if (wait == 0) {
                admitted++;
            } else {
                assertTrue(meter.take(1, now + wait - 1) > 0, "it might have been told sooner");
                now += wait;
            }
        }
        BigInteger exact = BigInteger.valueOf(admitted - burst)
                .multiply(BigInteger.valueOf(perNanos))
                .add(BigInteger.valueOf(rate - 1))
                .divide(BigInteger.valueOf(rate));
        assertEquals(exact.longValueExact(), now);
    }

    /** Against tokens as fractions with the time of the last refill, over a million steps. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itDecidesLikeABucketThatIsCounted(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 25; round++) {
            int rate = random.nextInt(1, 1000);
            long perNanos = random.nextLong(1_000_000, 10 * SECOND);
            int burst = random.nextInt(1, 50);
            Gcra meter = new Gcra(new Gcra.Pace(rate, perNanos, burst), -7);
            // Tokens times perNanos, so that they are whole numbers: each nanosecond adds the rate.
            long tokens = burst * perNanos;
            long last = -7;
            long now = -7;
            for (int step = 0; step < 10_000; step++) {
                now += random.nextInt(4) == 0 ? 0 : random.nextLong(1 + 3 * perNanos / rate);
                tokens = Math.min(burst * perNanos, tokens + (now - last) * rate);
                last = now;
                int calls = random.nextInt(8) == 0 ? random.nextInt(1, 6) : 1;
                boolean expected = tokens >= calls * perNanos;
                assertEquals(tokens / perNanos, meter.available(now));
                long wait = meter.take(calls, now);
                assertEquals(expected, wait == 0);
                if (expected) {
                    tokens -= calls * perNanos;
                } else {
                    assertEquals((calls * perNanos - tokens + rate - 1) / rate, wait);
                }
            }
        }
    }

    @Test
    void fourThreadsAreGivenNotOneMoreThanOne() throws Exception {
        Gcra meter = new Gcra(new Gcra.Pace(1000, SECOND, 500), 0);
        AtomicLong now = new AtomicLong();
        assertEquals(0, meter.take(1, 0), "from now on it is not full");
        AtomicLong admitted = new AtomicLong(1);
        CountDownLatch ready = new CountDownLatch(4);
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                ready.countDown();
                while (now.get() < SECOND) {
                    if (meter.take(1, now.addAndGet(1000)) == 0) {
                        admitted.incrementAndGet();
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join(30_000);
        }
        long end = now.get();
        while (meter.take(1, end) == 0) {
            admitted.incrementAndGet();
        }
        assertEquals(500 + end / (SECOND / 1000), admitted.get());
    }
}
