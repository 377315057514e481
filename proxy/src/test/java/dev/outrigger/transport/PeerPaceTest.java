package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.record.CloseReason;
import org.junit.jupiter.api.Test;

/** Who is too slow: 100 bytes a second, over 10 seconds. */
class PeerPaceTest {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long GRACE_NANOS = 10 * SECOND_NANOS;

    private final PeerPace pace = new PeerPace(100, GRACE_NANOS);

    @Test
    void aBodyThatComesTooSlowlyIsSeen() {
        pace.watch(0, true, 0, 0);
        assertEquals(GRACE_NANOS, pace.dueNanos());
        pace.onReceived(999);
        assertEquals(CloseReason.SLOW_BODY, pace.judge(GRACE_NANOS, true, 0, 0));
    }

    @Test
    void aBodyThatKeepsThePaceMayTakeAsLongAsItLikes() {
        pace.watch(0, true, 0, 0);
        for (int i = 1; i < 100; i++) {
            pace.onReceived(1000);
            assertNull(pace.judge(i * GRACE_NANOS, true, 0, 0));
        }
    }

    @Test
    void whatCameBeforeDoesNotCountForLater() {
        pace.watch(0, true, 0, 0);
        pace.onReceived(1_000_000);
        assertNull(pace.judge(GRACE_NANOS, true, 0, 0));
        pace.onReceived(10);
        assertEquals(CloseReason.SLOW_BODY, pace.judge(2 * GRACE_NANOS, true, 0, 0));
    }

    @Test
    void aLateLookAsksForMore() {
        pace.watch(0, true, 0, 0);
        pace.onReceived(1000);
        assertEquals(CloseReason.SLOW_BODY, pace.judge(GRACE_NANOS + SECOND_NANOS, true, 0, 0));
    }

    @Test
    void aClientThatWasNotWaitedForIsJudgedByTheNextLook() {
        pace.watch(0, true, 0, 0);
        pace.excuseBody();
        assertNull(pace.judge(GRACE_NANOS, true, 0, 0));
        assertTrue(pace.isWatching());
        assertEquals(CloseReason.SLOW_BODY, pace.judge(2 * GRACE_NANOS, true, 0, 0));
    }

    @Test
    void aBodyThatIsWholeIsNotWatched() {
        pace.watch(0, true, 0, 0);
        pace.onReceived(1);
        assertNull(pace.judge(GRACE_NANOS, false, 0, 0));
        assertFalse(pace.isWatching());
    }

    @Test
    void anAnswerThatIsTakenTooSlowlyIsSeen() {
        pace.watch(0, false, 5000, 70_000);
        assertEquals(CloseReason.SLOW_READ, pace.judge(GRACE_NANOS, false, 5999, 70_000));
    }

    @Test
    void anAnswerThatIsTakenAtPaceIsWatchedToItsEnd() {
        pace.watch(0, false, 0, 70_000);
        assertNull(pace.judge(GRACE_NANOS, false, 1000, 69_000));
        assertTrue(pace.isWatching());
        assertNull(pace.judge(2 * GRACE_NANOS, false, 70_000, 0));
        assertFalse(pace.isWatching());
    }

    /** An event stream writes little; its client takes all of that, and the last event is always there to be taken. */
    @Test
    void aClientNeedNotTakeWhatWasNotThere() {
        pace.watch(0, false, 0, 0);
        assertNull(pace.judge(GRACE_NANOS, false, 10, 20));
        assertNull(pace.judge(2 * GRACE_NANOS, false, 30, 20), "all that was queued at the last look");
        assertEquals(CloseReason.SLOW_READ, pace.judge(3 * GRACE_NANOS, false, 49, 20));
    }

    @Test
    void withoutARateNobodyIsWatched() {
        assertFalse(new PeerPace(0, GRACE_NANOS).isWanted());
    }
}
