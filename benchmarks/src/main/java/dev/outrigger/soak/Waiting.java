package dev.outrigger.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits of the one thread that directs the run. */
final class Waiting {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Waiting() {}

    /** What may fail to be looked at. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws InterruptedException;
    }

    /** @return whether it came to hold within so many seconds */
    static boolean until(int seconds, Condition condition) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (System.nanoTime() - endNanos >= 0) {
                return false;
            }
            untilNanos(System.nanoTime() + LOOK_NANOS);
        }
        return true;
    }

    /** @param nanos a reading of {@link System#nanoTime()} */
    static void untilNanos(long nanos) throws InterruptedException {
        long leftNanos;
        while ((leftNanos = nanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
