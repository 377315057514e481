package dev.outrigger.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to move. Safe for use by any thread. */
public final class ManualClock implements NanoClock {
    private final AtomicLong nowNanos;

    public ManualClock() {
        this(0);
    }

    /** @param startNanos first reading; near {@link Long#MAX_VALUE} it lets a test see the clock wrap around */
    public ManualClock(long startNanos) {
        nowNanos = new AtomicLong(startNanos);
    }

    @Override
    public long nanoTime() {
        return nowNanos.get();
    }

    public void advance(Duration duration) {
        advanceNanos(duration.toNanos());
    }

    public void advanceNanos(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("advance by " + nanos + " ns, expected 0 or more");
        }
        nowNanos.addAndGet(nanos);
    }
}
