package dev.outrigger.resilience;

import java.math.BigInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A token bucket without a bucket: the generic cell rate algorithm (ITU-T I.371), which keeps one instant, when the bucket would
 * be full again, and so decides by one compare-and-set. A count of tokens with the time of its last refill are two values,
 * which cannot change together without a lock.
 *
 * <p>Time is counted in parts of a nanosecond such that a call's share of it is a whole number: 3 calls a second are not one in
 * 333333333 ns, and a limit that is wrong by a third of a nanosecond each time is wrong by a call in the end.
 */
final class Gcra extends Meter {
    private static final AtomicLongFieldUpdater<Gcra> FULL_AT = AtomicLongFieldUpdater.newUpdater(Gcra.class, "fullAt");

    private final Pace pace;
    /** In parts of a nanosecond, which wrap around: only differences have a meaning. */
    private volatile long fullAt;

    Gcra(Pace pace, long nowNanos) {
        super(nowNanos);
        this.pace = pace;
        this.fullAt = nowNanos * pace.parts;
    }

    @Override
    long take(int calls, long nowNanos) {
        long now = nowNanos * pace.parts;
        while (true) {
            long before = fullAt;
            long lacking = Math.max(0, before - now);
            long after = lacking + calls * pace.interval;
            if (after > pace.bucket) {
                return (after - pace.bucket + pace.parts - 1) / pace.parts;
            }
            if (FULL_AT.compareAndSet(this, before, now + after)) {
                return 0;
            }
        }
    }

    @Override
    int available(long nowNanos) {
        long lacking = Math.max(0, fullAt - nowNanos * pace.parts);
        return (int) ((pace.bucket - lacking) / pace.interval);
    }

    /** A rate and a burst, in whole numbers. Shared by the meters of all keys. */
    static final class Pace {
        /** Calls that are asked for at once at most, and more. */
        private static final long MOST_AT_ONCE = 1 << 10;
        /** Far enough from overflow to add up two of them. */
        private static final BigInteger LONGEST = BigInteger.ONE.shiftLeft(61);

        /** Of a nanosecond. */
        private final long parts;
        /** What one call costs, in parts. */
        private final long interval;
        /** What a full bucket holds, in parts. */
        private final long bucket;

        /**
         * @param rate calls in each {@code perNanos}
         * @param burst calls at once; fills up in less than 292 years
         */
        Pace(int rate, long perNanos, int burst) {
            long common =
                    BigInteger.valueOf(rate).gcd(BigInteger.valueOf(perNanos)).longValueExact();
            BigInteger longest =
                    BigInteger.valueOf(perNanos / common).multiply(BigInteger.valueOf(burst + MOST_AT_ONCE));
            if (longest.compareTo(LONGEST) < 0) {
                parts = rate / common;
                interval = perNanos / common;
            } else {
                // So slow that a call's share is many microseconds: rounding it up by less than a nanosecond says
                // nothing.
                parts = 1;
                interval = (perNanos + rate - 1) / rate;
            }
            bucket = burst * interval;
        }

        /** How long an empty bucket takes to fill. */
        long fillNanos() {
            return bucket / parts + 1;
        }
    }
}
