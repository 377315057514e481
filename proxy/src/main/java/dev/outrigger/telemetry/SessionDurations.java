package dev.outrigger.telemetry;

import java.util.function.LongConsumer;

/**
 * How long sessions lasted, by the code that ends them. Belongs to control: sessions end there, or their ends are posted to
 * it, because a session has no loop of its own.
 */
public final class SessionDurations implements LongConsumer {
    private final Accumulator durations = new Accumulator();

    SessionDurations() {}

    /**
     * A session has ended. On control.
     *
     * @param nanos from the session's beginning to its end; not clamped, because sessions last for hours
     */
    @Override
    public void accept(long nanos) {
        durations.add(Math.max(nanos, 0));
    }

    Distribution distribution() {
        return durations.distribution();
    }
}
