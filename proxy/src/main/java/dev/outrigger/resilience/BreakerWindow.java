package dev.outrigger.resilience;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * How the calls of the last while went, over all workers: how many, how many failed, how many were slow.
 *
 * <p>A ring of buckets, one for each tenth of the window. What is counted in a bucket are three fields of one number, so that
 * they agree with each other whenever they are read, and a call costs one compare-and-set. A bucket that is a whole turn old is
 * replaced by whoever comes first; nothing has to be cleared, and an idle breaker needs no timer. Counting what leaves the
 * window call by call would need memory for every call of a minute.
 *
 * <p>It looks at the bucket of now and the nine before it: from nine tenths to the whole of the window.
 *
 * <p>Exact up to {@value #MOST_CALLS} calls per bucket; beyond, all three numbers of a bucket are halved each time it is full,
 * which keeps the rates (and more than the number of calls that any rule may ask for). Safe for use by any thread; nothing blocks.
 */
public final class BreakerWindow {
    static final int BUCKETS = 10;

    private static final int FIELD_BITS = 21;
    private static final long FIELD = (1L << FIELD_BITS) - 1;
    /** So that the sums over all buckets fit into the same fields. */
    private static final long MOST_CALLS = (1L << 17) - 1;

    private static final long ONE_CALL = 1;
    private static final long ONE_FAILURE = 1L << FIELD_BITS;
    private static final long ONE_SLOW = 1L << 2 * FIELD_BITS;

    private final long lengthNanos;
    private final long bucketNanos;
    private final long originNanos;
    private final AtomicReferenceArray<Bucket> ring = new AtomicReferenceArray<>(BUCKETS);

    /**
     * @param lengthNanos how far back it looks
     * @param nowNanos the clock's reading; nothing is counted that happened before
     */
    public BreakerWindow(long lengthNanos, long nowNanos) {
        this.lengthNanos = lengthNanos;
        this.bucketNanos = Math.max(1, lengthNanos / BUCKETS);
        this.originNanos = nowNanos;
    }

    long lengthNanos() {
        return lengthNanos;
    }

    /** Counts one call. */
    public void count(boolean failed, boolean slow, long nowNanos) {
        Bucket bucket = bucketOf(turn(nowNanos));
        long call = ONE_CALL + (failed ? ONE_FAILURE : 0) + (slow ? ONE_SLOW : 0);
        long seen;
        long next;
        do {
            seen = bucket.get();
            next = (calls(seen) < MOST_CALLS ? seen : halved(seen)) + call;
        } while (!bucket.compareAndSet(seen, next));
    }

    /** What is in the window, for {@link #calls}, {@link #failures} and {@link #slow}. */
    long counts(long nowNanos) {
        long oldest = turn(nowNanos) - BUCKETS + 1;
        long counts = 0;
        for (int i = 0; i < BUCKETS; i++) {
            Bucket bucket = ring.get(i);
            counts += bucket == null || bucket.turn < oldest ? 0 : bucket.get();
        }
        return counts;
    }

    static int calls(long counts) {
        return (int) (counts & FIELD);
    }

    static int failures(long counts) {
        return (int) (counts >>> FIELD_BITS & FIELD);
    }

    static int slow(long counts) {
        return (int) (counts >>> 2 * FIELD_BITS & FIELD);
    }

    /** Which tenth of a window since the beginning. A clock reading taken before the beginning belongs to the first. */
    private long turn(long nowNanos) {
        return Math.max(0, nowNanos - originNanos) / bucketNanos;
    }

    /** A call that is told late is counted in the newer bucket that has taken the place of its own. */
    private Bucket bucketOf(long turn) {
        int place = (int) (turn % BUCKETS);
        Bucket seen = ring.get(place);
        while (seen == null || seen.turn < turn) {
            Bucket made = new Bucket(turn);
            if (ring.compareAndSet(place, seen, made)) {
                return made;
            }
            seen = ring.get(place);
        }
        return seen;
    }

    private static long halved(long counts) {
        return (long) calls(counts) / 2
                + ((long) failures(counts) / 2 << FIELD_BITS)
                + ((long) slow(counts) / 2 << 2 * FIELD_BITS);
    }

    private static final class Bucket extends AtomicLong {
        private static final long serialVersionUID = 1;

        private final long turn;

        Bucket(long turn) {
            this.turn = turn;
        }
    }
}
