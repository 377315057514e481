package dev.outrigger.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many requests to one upstream may be sent once more: a share of those that came in the last ten seconds, over all
 * workers.
 *
 * <p>A bound per request, as a number of attempts is, multiplies the load of an upstream at the moment when it can take least
 * of it. A share of all requests adds the same few per cent whatever breaks. Envoy and linkerd have the same; like them this
 * one always allows a few, since a share of next to nothing is nothing.
 *
 * <p>Exact without a lock: who wants to retry counts itself first and looks at the sums then, and takes itself out again if
 * they are too high. Of several that look at the same time none is let through beyond the bound; near it, one may be refused
 * that would just have fitted.
 *
 * <p>Safe for use by any thread; allocates nothing.
 */
public final class RetryBudget {
    /** How long a request counts. As linkerd has it. */
    static final int WINDOW_SECONDS = 10;
    /** Retries that a window may hold in any case; one a second. */
    static final int RESERVE = 10;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long originNanos;
    private final AtomicLongArray requests = new AtomicLongArray(WINDOW_SECONDS);
    private final AtomicLongArray retries = new AtomicLongArray(WINDOW_SECONDS);

    /** @param nowNanos the clock's reading */
    public RetryBudget(long nowNanos) {
        originNanos = nowNanos;
    }

    /** A request is sent for the first time. */
    public void onRequest(long nowNanos) {
        add(requests, second(nowNanos), 1);
    }

    /**
     * Asks to send one more.
     *
     * @param share of retries in requests, 0 to 1
     * @return whether it may be sent; it counts then
     */
    public boolean tryRetry(double share, long nowNanos) {
        int second = second(nowNanos);
        if (!add(retries, second, 1)) {
            return false;
        }
        long allowed = Math.max(RESERVE, (long) (share * sum(requests, second)));
        if (sum(retries, second) <= allowed) {
            return true;
        }
        add(retries, second, -1);
        return false;
    }

    /** From 1, so that a slot that was never used is older than any second. */
    private int second(long nowNanos) {
        return (int) (WINDOW_SECONDS + Math.max(0, nowNanos - originNanos) / SECOND_NANOS);
    }

    /** @return false if the slot has gone to a later second in the meantime */
    private static boolean add(AtomicLongArray ring, int second, int change) {
        int slot = second % WINDOW_SECONDS;
        while (true) {
            long seen = ring.get(slot);
            int of = (int) (seen >>> Integer.SIZE);
            if (of > second || (of < second && change < 0)) {
                return false;
            }
            long next = of == second ? seen + change : ((long) second << Integer.SIZE) + change;
            if (ring.compareAndSet(slot, seen, next)) {
                return true;
            }
        }
    }

    private static long sum(AtomicLongArray ring, int second) {
        long sum = 0;
        for (int slot = 0; slot < WINDOW_SECONDS; slot++) {
            long seen = ring.get(slot);
            if (second - (int) (seen >>> Integer.SIZE) < WINDOW_SECONDS) {
                sum += (int) seen;
            }
        }
        return sum;
    }
}
