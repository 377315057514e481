package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.time.ManualClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class WallClockTest {
    private static final Instant START = Instant.parse("2026-11-20T10:00:00.123456789Z");

    @Test
    void aReadingIsTheTimeSinceTheAnchorLater() {
        ManualClock nanos = new ManualClock(Long.MAX_VALUE - 5);
        WallClock wall = new WallClock(nanos, Clock.fixed(START, ZoneOffset.UTC));
        nanos.advance(Duration.ofSeconds(2));

        assertEquals(START.toEpochMilli() + 2000, wall.epochMillis(nanos.nanoTime()));
        assertEquals(START.getEpochSecond() * 1_000_000_000L + 2_123_456_789L, wall.epochNanos(nanos.nanoTime()));
    }

    @Test
    void aNewAnchorFollowsACorrectedClock() {
        ManualClock nanos = new ManualClock(-7);
        SettableClock time = new SettableClock();
        WallClock wall = new WallClock(nanos, time);
        time.now = START.plusSeconds(60);

        assertEquals(START.toEpochMilli(), wall.epochMillis(-7));
        wall.anchor();
        assertEquals(START.toEpochMilli() + 60_000, wall.epochMillis(-7));
        assertEquals(time.now, wall.now());
    }

    private static final class SettableClock extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
