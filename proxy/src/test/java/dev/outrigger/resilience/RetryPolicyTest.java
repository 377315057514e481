package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RetryConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
    private final RetryPolicy policy = RetryPolicy.of(new RetryConfig(
            3,
            Optional.of(Duration.ofMillis(5)),
            0.2,
            Duration.ofNanos(100),
            Duration.ofNanos(250),
            List.of(),
            List.of(502, 503),
            false,
            1024));

    @ParameterizedTest
    @CsvSource({"0, 100", "1, 200", "2, 250", "3, 250", "62, 250", "63, 250"})
    void thePauseIsARandomOneUpToABoundThatDoublesUntilItIsTheLongest(int pauses, long bound) {
        RandomGenerator random = new Random(1);
        long longest = 0;
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 10_000; i++) {
            long pause = policy.pauseNanos(pauses, random);
            longest = Math.max(longest, pause);
            shortest = Math.min(shortest, pause);
        }
        assertEquals(bound, longest);
        assertEquals(0, shortest);
    }

    @Test
    void onlyTheNamedStatusesSettleNothing() {
        assertTrue(policy.isUnsettled(503));
        assertFalse(policy.isUnsettled(500));
        assertFalse(policy.isUnsettled(200));
    }

    @Test
    void withoutABlockNothingIsRepeatedThatWasSent() {
        RetryPolicy none = RetryPolicy.of(null);

        assertFalse(none.repeats());
        assertFalse(none.isUnsettled(503));
        assertEquals(3, none.attempts());
        assertEquals(0, none.pauseNanos(2, new Random(1)));
    }
}
