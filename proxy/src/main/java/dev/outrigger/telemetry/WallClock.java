package dev.outrigger.telemetry;

import dev.outrigger.time.NanoClock;
import java.time.Clock;
import java.time.Instant;

/**
 * Tells the time of day of readings of the monotonic clock, so that an exchange needs one clock only.
 *
 * <p>Both clocks are read once and the difference is kept. They drift apart when the time of day is corrected, so control
 * anchors them anew now and then. Safe for use by any thread.
 */
public final class WallClock {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final NanoClock nanoClock;
    private final Clock clock;
    /** Nanoseconds since the epoch at reading 0 of the monotonic clock; wraps around like the readings do. */
    private volatile long epochNanosAtZero;

    public WallClock(NanoClock nanoClock, Clock clock) {
        this.nanoClock = nanoClock;
        this.clock = clock;
        anchor();
    }

    /** Compares the clocks again. */
    public void anchor() {
        Instant now = clock.instant();
        epochNanosAtZero = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano() - nanoClock.nanoTime();
    }

    /** The time of day. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Nanoseconds since the epoch.
     *
     * @param nanos a reading of the monotonic clock
     */
    public long epochNanos(long nanos) {
        return epochNanosAtZero + nanos;
    }

    /**
     * Milliseconds since the epoch.
     *
     * @param nanos a reading of the monotonic clock
     */
    public long epochMillis(long nanos) {
        return Math.floorDiv(epochNanos(nanos), NANOS_PER_MILLI);
    }
}
