package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EndpointHealthTest {
    private final EndpointHealth health = new EndpointHealth(2, 3, EndpointStatus.UNKNOWN);
    private long nowMillis = 1_000;

    @Test
    void theFirstFailureDecidesAlone() {
        EndpointStatus status = fail("connect refused");

        assertFalse(status.healthy());
        assertEquals("connect refused", status.error());
        assertEquals(0, status.latencyNanos());
        assertEquals(nowMillis, status.checkedAtEpochMillis());
    }

    @Test
    void theFirstSuccessDecidesAlone() {
        EndpointStatus status = succeed(250);

        assertTrue(status.healthy());
        assertEquals(250, status.latencyNanos());
        assertTrue(fail("x").healthy());
        assertTrue(fail("x").healthy());
    }

    @Test
    void turnsUnhealthyAfterFailuresInARow() {
        succeed(100);
        fail("connect timeout");
        EndpointStatus second = fail("connect timeout");
        assertTrue(second.healthy());
        assertEquals("", second.error());

        EndpointStatus third = fail("connect refused");

        assertFalse(third.healthy());
        assertEquals("connect refused", third.error());
        assertEquals(100, third.latencyNanos(), "that of the last success");
    }

    @Test
    void aSuccessBetweenFailuresStartsTheCountAgain() {
        succeed(100);
        fail("x");
        fail("x");
        succeed(100);
        fail("x");

        assertTrue(fail("x").healthy());
    }

    @Test
    void turnsHealthyAfterSuccessesInARowAndKeepsTheErrorUntilThen() {
        fail("connect refused");
        assertEquals("unknown host", fail("unknown host").error());

        EndpointStatus first = succeed(70);
        assertFalse(first.healthy());
        assertEquals("unknown host", first.error());
        assertEquals(70, first.latencyNanos());

        EndpointStatus second = succeed(80);
        assertTrue(second.healthy());
        assertEquals("", second.error());
    }

    @Test
    void aFailureBetweenSuccessesStartsTheCountAgain() {
        fail("x");
        succeed(1);
        fail("x");
        assertFalse(succeed(1).healthy());

        assertTrue(succeed(1).healthy());
    }

    private EndpointStatus fail(String error) {
        return health.afterCheck(error, 999, ++nowMillis);
    }

    private EndpointStatus succeed(long elapsedNanos) {
        return health.afterCheck(EndpointHealth.NO_ERROR, elapsedNanos, ++nowMillis);
    }
}
