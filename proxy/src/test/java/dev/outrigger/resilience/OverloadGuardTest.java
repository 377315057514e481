package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.OverloadConfig;
import dev.outrigger.resilience.OverloadGuard.Resource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OverloadGuardTest {
    private final OverloadGuard guard = new OverloadGuard();

    private void limits(double direct, double heap, Duration stall) {
        guard.reconfigure(new OverloadConfig(direct, heap, stall));
    }

    @Test
    void aMemoryIsFullUntilItIsWellBelowItsLimit() {
        limits(0.8, 1, Duration.ZERO);
        guard.look(0.8, 0, 0);
        assertFalse(guard.isShedding());
        guard.look(0.81, 0, 0);
        assertTrue(guard.isShedding());
        assertTrue(guard.lacks(Resource.DIRECT_MEMORY));
        guard.look(0.77, 0, 0);
        assertTrue(guard.isShedding(), "it would open and close with each request");
        guard.look(0.75, 0, 0);
        assertFalse(guard.isShedding());
    }

    @Test
    void oneLateLookIsAPause() {
        limits(1, 1, Duration.ofMillis(1));
        for (int i = 1; i < OverloadGuard.LATE_LOOKS; i++) {
            guard.look(0, 0, 2_000_000);
            assertFalse(guard.isShedding());
        }
        guard.look(0, 0, 2_000_000);
        assertTrue(guard.lacks(Resource.LOOP));
        guard.look(0, 0, 1_000_000);
        assertFalse(guard.isShedding());
    }

    @Test
    void whatHasNoLimitIsNeverFull() {
        limits(1, 1, Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            guard.look(2, 2, Long.MAX_VALUE);
        }
        assertFalse(guard.isShedding());
    }

    @Test
    void theWorstStallIsToldForAWhile() {
        guard.look(0, 0, 7);
        for (int i = 1; i < OverloadGuard.REMEMBERED_LOOKS; i++) {
            guard.look(0, 0, 5);
            assertEquals(7, guard.worstStallNanos());
        }
        guard.look(0, 0, 5);
        assertEquals(5, guard.worstStallNanos());
    }

    @Test
    void eachMemoryHasItsOwn() {
        limits(0.5, 0.6, Duration.ZERO);
        guard.look(0.4, 0.7, 0);
        assertTrue(guard.lacks(Resource.HEAP));
        assertFalse(guard.lacks(Resource.DIRECT_MEMORY));
    }
}
