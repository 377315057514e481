package dev.outrigger.resilience;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether one endpoint is out because it failed its requests, over all workers.
 *
 * <p>As many failures in a row as {@link EjectionPolicy} says put it out for a time that doubles with each ejection that
 * follows soon, and a little more by chance: sidecars that failed together should not come back together. Once that is over,
 * one request goes there and decides: success brings it back, failure puts it out again at once. A breaker refuses; this only
 * says where requests had better not go, so that there is no permit to give back, and what has to go there all the same,
 * requests of a session that it holds, counts too. Results from before the time is over do not:
 * they are of requests that were under way when it was put out, or of a server that may be down for a moment yet.
 *
 * <p>What changes together is one immutable {@link Spell} behind one reference. Safe for use by any thread; an endpoint that
 * is in and does not fail costs one volatile read.
 */
public final class Ejection {
    /** Until another request is let through because the one before has not ended, or said nothing. */
    private static final long PROBE_NANOS = 1_000_000_000;

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicReference<Spell> current = new AtomicReference<>(Spell.NEVER);

    /** Whether its last request went well, as far as is known: one that was never asked is fine. */
    public boolean isFine() {
        return failures.get() == 0 && !isOut();
    }

    /** Whether requests should go elsewhere. */
    public boolean isOut() {
        return spell().out;
    }

    /**
     * Whether a request may go there: it is not out, or its time is over and {@link #takesProbe} would be granted.
     *
     * @param nowNanos the clock's reading
     */
    public boolean admits(long nowNanos) {
        Spell seen = spell();
        return !seen.out || nowNanos - seen.probeNanos >= 0;
    }

    /**
     * Asks to send one request although it is out.
     *
     * @return whether its time is over and the caller is the one to try; false too if it is not out
     */
    public boolean takesProbe(long nowNanos) {
        Spell seen = spell();
        return seen.out
                && nowNanos - seen.probeNanos >= 0
                && current.compareAndSet(seen, seen.withProbe(nowNanos + PROBE_NANOS));
    }

    /**
     * A request went well.
     *
     * @return whether that brought it back
     */
    public boolean onSuccess(long nowNanos) {
        if (failures.get() != 0) {
            failures.set(0);
        }
        Spell seen = spell();
        return seen.out && nowNanos - seen.endNanos >= 0 && current.compareAndSet(seen, seen.over(nowNanos));
    }

    /**
     * A request failed, and the endpoint is to blame.
     *
     * @param group what it belongs to, which may not lose too many
     * @return for how long it is out because of that, in nanoseconds; 0 if nothing changes
     */
    public long onFailure(EjectionGroup group, long nowNanos) {
        EjectionPolicy policy = group.policy();
        Spell seen = spell();
        if (seen.out) {
            return nowNanos - seen.endNanos >= 0 ? put(seen, seen.next(group, nowNanos)) : 0;
        }
        if (!policy.isOn() || failures.incrementAndGet() < policy.consecutiveFailures() || !group.hasRoom()) {
            return 0;
        }
        long outNanos = put(seen, seen.next(group, nowNanos));
        if (outNanos > 0 && group.isOverfull()) {
            // Another one of the group was put out at the same moment: rather none of them than too many.
            current.set(seen);
            return 0;
        }
        failures.set(0);
        return outNanos;
    }

    private long put(Spell seen, Spell next) {
        return current.compareAndSet(seen, next) ? next.lengthNanos : 0;
    }

    /**
     * Something else than a request has shown that it works again.
     *
     * @return whether it was out
     */
    public boolean readmit(long nowNanos) {
        Spell seen = spell();
        failures.set(0);
        return seen.out && current.compareAndSet(seen, seen.over(nowNanos));
    }

    private Spell spell() {
        return Objects.requireNonNull(current.get());
    }

    /**
     * One time out, or the time since.
     *
     * @param inARow how many came soon after each other, this one included
     * @param lengthNanos of the time out
     * @param endNanos when it is over, or was
     * @param probeNanos when the next request may try
     */
    private record Spell(boolean out, int inARow, long lengthNanos, long endNanos, long probeNanos) {
        static final Spell NEVER = new Spell(false, 0, 0, 0, 0);
        /** Doubled so often, any base is beyond any maximum. */
        private static final int MOST_IN_A_ROW = 30;

        Spell next(EjectionGroup group, long nowNanos) {
            boolean soon = out || (inARow > 0 && nowNanos - endNanos < lengthNanos);
            int row = soon ? Math.min(inARow + 1, MOST_IN_A_ROW) : 1;
            long length = group.lengthNanos(row);
            return new Spell(true, row, length, nowNanos + length, nowNanos + length);
        }

        Spell withProbe(long nextNanos) {
            return new Spell(true, inARow, lengthNanos, endNanos, nextNanos);
        }

        Spell over(long nowNanos) {
            return new Spell(false, inARow, lengthNanos, nowNanos, nowNanos);
        }
    }
}
