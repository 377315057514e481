package dev.outrigger.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread will do: until a condition holds, with a deadline, never for a fixed time. */
public final class Await {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /**
     * @param description what is awaited, for the message of the failure
     * @param limit generous: it only decides how long a failing test takes
     * @throws AssertionError if {@code condition} does not hold within {@code limit}
     */
    public static void until(String description, Duration limit, BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > limit.toNanos()) {
                throw new AssertionError("waited " + limit + " in vain until " + description);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
