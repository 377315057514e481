package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GradientLimitTest {
    private static final long MILLI = 1_000_000;

    private final GradientLimit limit = new GradientLimit(4, 100, 0);
    private long nowNanos;

    /** So many windows in which all calls take as long. */
    private void windows(int count, long tookMillis, int used, boolean failed) {
        for (int i = 0; i < count; i++) {
            nowNanos += GradientLimit.WINDOW_NANOS;
            for (int sample = 0; sample < GradientLimit.FEWEST_SAMPLES; sample++) {
                limit.onSample(tookMillis * MILLI, used, failed, nowNanos);
            }
        }
    }

    @Test
    void itGrowsToItsEndWhileCallsAreAsFastAsEver() {
        windows(200, 10, 100, false);
        assertEquals(100, limit.limit());
    }

    @Test
    void itDoesNotGrowWhileItIsNotUsed() {
        windows(200, 10, 2, false);
        assertEquals(20, limit.limit());
    }

    @Test
    void itFallsWhenCallsTakeLongerAndRecovers() {
        windows(100, 10, 100, false);
        int before = limit.limit();
        windows(30, 100, 100, false);
        int during = limit.limit();
        assertTrue(during < before / 2, during + " after " + before);
        windows(200, 10, 100, false);
        assertTrue(limit.limit() > during, limit.limit() + " after " + during);
    }

    @Test
    void itFallsWhenCallsAreGivenUpOnButNotBelowItsLeast() {
        windows(500, 10, 100, true);
        assertEquals(4, limit.limit());
    }

    @Test
    void fewCallsSayNothing() {
        nowNanos += 10 * GradientLimit.WINDOW_NANOS;
        for (int i = 0; i < GradientLimit.FEWEST_SAMPLES - 1; i++) {
            limit.onSample(10 * MILLI, 100, true, nowNanos);
        }
        assertEquals(20, limit.limit());
    }
}
