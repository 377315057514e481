package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeakLatencyTest {
    private static final long SECOND = 1_000_000_000;

    private final PeakLatency latency = new PeakLatency();

    @Test
    void isNothingBeforeTheFirstAnswer() {
        assertFalse(latency.isKnown());
        assertEquals(0, latency.nanos(5));
    }

    @Test
    void believesSlowAnswersAtOnceAndFastOnesWithTime() {
        latency.onAnswer(10_000, 0);
        latency.onAnswer(90_000, 0);
        assertEquals(90_000, latency.nanos(0), 1);

        latency.onAnswer(10_000, 0);
        assertEquals(90_000, latency.nanos(0), 1);

        latency.onAnswer(10_000, 10 * SECOND);
        double after = latency.nanos(10 * SECOND);
        assertTrue(after > 10_000 && after < 45_000, "after the decay: " + after);
    }

    @Test
    void fadesWhileNothingIsHeard() {
        latency.onAnswer(SECOND, 0);

        assertEquals(SECOND / Math.E, latency.nanos(10 * SECOND), 1);
        assertTrue(latency.nanos(100 * SECOND) < 100_000);
    }

    @Test
    void aFailureIsNeverFast() {
        latency.onFailure(5, 0);

        assertEquals(SECOND, latency.nanos(0), 1);
    }

    @Test
    void worksWhereTheClockWrapsAround() {
        latency.onAnswer(1000, Long.MAX_VALUE - 5);

        assertEquals(1000, latency.nanos(Long.MIN_VALUE + 5), 1);
    }
}
