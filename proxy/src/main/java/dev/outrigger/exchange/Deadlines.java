package dev.outrigger.exchange;

import dev.outrigger.failure.Reason;
import dev.outrigger.resilience.LoopTimers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one timer of an exchange: fires the nearest of its {@link Timeouts}, and keeps an event stream alive in between. */
final class Deadlines extends LoopTimers.Timer {
    private final LoopTimers timers;
    private final Timeouts timeouts;
    private final Consumer<Reason> onTimeout;
    private @Nullable EventStream stream;

    Deadlines(LoopTimers timers, Timeouts timeouts, Consumer<Reason> onTimeout) {
        this.timers = timers;
        this.timeouts = timeouts;
        this.onTimeout = onTimeout;
    }

    /** The answer is an event stream now. */
    void watch(EventStream begun) {
        stream = begun;
        arm();
    }

    /** Looks at all deadlines again. Not needed when one has moved away: the timer finds out when it fires. */
    void arm() {
        long next = timeouts.nextNanos();
        EventStream events = stream;
        if (events != null && events.hasKeepAlive() && events.keepAliveAtNanos() - next < 0) {
            next = events.keepAliveAtNanos();
        }
        timers.arm(this, next);
    }

    void cancel() {
        timers.cancel(this);
    }

    @Override
    protected void onDeadline(long nowNanos) {
        EventStream events = stream;
        if (events != null && events.hasKeepAlive() && nowNanos - events.keepAliveAtNanos() >= 0) {
            events.keepAlive(nowNanos);
        }
        if (nowNanos - timeouts.nextNanos() < 0) {
            arm();
        } else {
            onTimeout.accept(timeouts.passed(nowNanos));
        }
    }
}
