package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.Http2Flood;
import dev.outrigger.time.ManualClock;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is too much, and when it is forgotten. */
class Http2FloodGuardTest {
    private final ManualClock clock = new ManualClock();
    private final Http2Counts counts = new Http2Counts();
    private final Http2FloodGuard guard = new Http2FloodGuard(SmallHttp2.LIMITS, clock, counts);

    @Test
    void asManyResetsAsAllowedAreNoFloodAndOneMoreIs() throws Exception {
        reset(20);
        assertFalse(guard.isTripped());
        Http2Exception flood = assertThrows(Http2Exception.class, guard::onReset);
        assertEquals(Http2Error.ENHANCE_YOUR_CALM, flood.error());
        assertTrue(guard.isTripped());
        assertEquals(1, counts.floods(Http2Flood.RESETS));
    }

    @Test
    void aWindowThatIsOverIsForgotten() throws Exception {
        reset(20);
        clock.advance(Duration.ofSeconds(30));
        reset(20);
        assertFalse(guard.isTripped());
    }

    @Test
    void aConnectionCountsOnceHoweverMuchFollows() throws Exception {
        reset(20);
        assertThrows(Http2Exception.class, guard::onReset);
        assertThrows(Http2Exception.class, guard::onReset);
        assertEquals(1, counts.floods(Http2Flood.RESETS));
    }

    @Test
    void pingsCountFromTheLastThatTheClientWasSent() throws Exception {
        for (int i = 0; i < 100; i++) {
            guard.onPing();
            guard.onAnswer();
        }
        for (int i = 0; i < 20; i++) {
            guard.onPing();
        }
        assertThrows(Http2Exception.class, guard::onPing);
    }

    @Test
    void onlyEmptyFramesInARowAreAFlood() throws Exception {
        for (int i = 0; i < 100; i++) {
            guard.onData(true);
            guard.onData(true);
            guard.onData(false);
        }
        guard.onData(true);
        guard.onData(true);
        assertThrows(Http2Exception.class, () -> guard.onData(true));
        assertEquals(1, counts.floods(Http2Flood.EMPTY_DATA));
    }

    @Test
    void resetsThatTheClientProvokedAreCountedApart() {
        for (int i = 0; i < 20; i++) {
            assertFalse(guard.isProvokedTooOften());
            assertDoesNotThrow(guard::onReset);
        }
        assertTrue(guard.isProvokedTooOften());
    }

    private void reset(int times) throws Http2Exception {
        for (int i = 0; i < times; i++) {
            guard.onReset();
        }
    }
}
