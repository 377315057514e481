package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyQuantileTest {
    private final LatencyQuantile latency = new LatencyQuantile();

    @Test
    void fewCallsTellNothing() {
        for (int i = 1; i < LatencyQuantile.MIN_CALLS; i++) {
            latency.record(1000);
        }
        assertEquals(0, latency.nanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isTheQuantileOfASortedListUpToAnEighth(long seed) {
        Random random = new Random(seed);
        long scale = TimeUnit.MICROSECONDS.toNanos(10) << random.nextInt(20);
        long[] all = new long[LatencyQuantile.MAX_CALLS - LatencyQuantile.REFRESH_CALLS];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) (scale * Math.exp(random.nextGaussian()));
            latency.record(all[i]);
        }
        Arrays.sort(all);
        long exact = all[(int) Math.ceil(0.95 * all.length) - 1];

        assertTrue(latency.nanos() >= exact, latency.nanos() + " for " + exact);
        assertTrue(latency.nanos() <= exact * 1.13 + 8192, latency.nanos() + " for " + exact);
    }

    @Test
    void aChangeOfPacePrevails() {
        record(10_000, 1_000_000_000);
        record(5_000, 1_000_000);

        assertTrue(latency.nanos() < 1_200_000, "still " + latency.nanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void whateverAClockSaysIsCounted(long nanos) {
        record(LatencyQuantile.MIN_CALLS, nanos);

        assertTrue(latency.nanos() > 0);
    }

    private void record(int count, long nanos) {
        for (int i = 0; i < count; i++) {
            latency.record(nanos);
        }
    }
}
