package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final Readiness readiness = new Readiness();

    @Test
    void beginsStarting() {
        assertEquals(Readiness.State.STARTING, readiness.state());
        assertFalse(readiness.isReady());
    }

    @Test
    void isReadyUntilItDrains() {
        assertTrue(readiness.moveTo(Readiness.State.READY));
        assertTrue(readiness.isReady());
        assertTrue(readiness.moveTo(Readiness.State.DRAINING));
        assertFalse(readiness.isReady());
    }

    @Test
    void isNeverReadyAgainOnceItDrains() {
        readiness.moveTo(Readiness.State.DRAINING);
        assertFalse(readiness.moveTo(Readiness.State.READY));
        assertEquals(Readiness.State.DRAINING, readiness.state());
    }
}
