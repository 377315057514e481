package dev.outrigger.telemetry;

import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import org.jspecify.annotations.Nullable;

/**
 * The place of an observer that can be replaced, or taken away, while exchanges go on: every loop holds this one for ever,
 * and asks it at each end of an exchange who is there.
 *
 * <p>A loop may still be in the middle of a call to the observer that was there before. Whoever replaces one therefore lets
 * every loop run a task before closing it; then nothing is offered to it any more.
 */
public final class SwitchedObserver implements ExchangeObserver {
    private volatile @Nullable ExchangeObserver target;

    /** From now on {@code target} is told; null tells nobody. From any thread. */
    public void target(@Nullable ExchangeObserver target) {
        this.target = target;
    }

    @Override
    public boolean isOn() {
        ExchangeObserver present = target;
        return present != null && present.isOn();
    }

    @Override
    public void onFinish(ExchangeRecord record) {
        ExchangeObserver present = target;
        if (present != null) {
            present.onFinish(record);
        }
    }

    @Override
    public void onCall(ExchangeRecord call) {
        ExchangeObserver present = target;
        if (present != null) {
            present.onCall(call);
        }
    }

    @Override
    public void onConnection(ExchangeRecord connection) {
        ExchangeObserver present = target;
        if (present != null) {
            present.onConnection(connection);
        }
    }
}
