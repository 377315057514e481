package dev.outrigger.resilience;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Never more than so many calls in any stretch of a length: keeps the time of each of the last ones in a ring, and admits one
 * when the oldest of them has left the window. Windows that are counted in slices are smaller, but let twice as many through
 * where one ends and the next begins, or fewer than they might.
 *
 * <p>Without a lock: whoever replaces the oldest time by its own, in one compare-and-set, is admitted; moving the head on is
 * only a matter of order, and anybody does that who finds it undone. Two bits of each entry say in which round of the ring it was
 * written, so that one of this round is not taken for the oldest.
 */
final class SlidingWindow extends Meter {
    private static final int ROUND_BITS = 2;
    private static final long ROUND_MASK = (1 << ROUND_BITS) - 1;

    private final long perNanos;
    private final long baseNanos;
    /** The time of an admission, and the round. */
    private final AtomicLongArray entries;
    /** How many were admitted, or one less; the oldest entry is at its remainder. */
    private final AtomicLong head = new AtomicLong();

    SlidingWindow(int rate, long perNanos, long nowNanos) {
        super(nowNanos);
        this.perNanos = perNanos;
        // Times are such that those never written, which are 0, are out of the window, for clocks that are a little
        // behind too.
        this.baseNanos = nowNanos - 2 * perNanos;
        this.entries = new AtomicLongArray(rate);
        for (int i = 0; i < rate; i++) {
            entries.setPlain(i, ROUND_MASK);
        }
    }

    /** Several calls are admitted one by one after it was seen that all fit: others that come in between may take a place. */
    @Override
    long take(int calls, long nowNanos) {
        long time = nowNanos - baseNanos;
        if (calls > entries.length()) {
            return perNanos;
        }
        long wait = calls == 1 ? 0 : perNanos - age(head.get() + calls - 1, time);
        for (int i = 0; i < calls && wait <= 0; i++) {
            wait = takeOne(time);
        }
        return Math.max(0, wait);
    }

    private long takeOne(long time) {
        while (true) {
            long at = head.get();
            int slot = (int) (at % entries.length());
            long round = at / entries.length() & ROUND_MASK;
            long oldest = entries.get(slot);
            if ((oldest & ROUND_MASK) == round) {
                head.compareAndSet(at, at + 1);
                continue;
            }
            long age = time - (oldest >> ROUND_BITS);
            if (age < perNanos) {
                if (head.get() == at) {
                    return perNanos - age;
                }
            } else if (entries.compareAndSet(slot, oldest, time << ROUND_BITS | round)) {
                head.compareAndSet(at, at + 1);
                return 0;
            }
        }
    }

    private long age(long at, long time) {
        return time - (entries.get((int) (at % entries.length())) >> ROUND_BITS);
    }

    /** Searched for by halves, as the times are in their order from the head on. */
    @Override
    int available(long nowNanos) {
        long time = nowNanos - baseNanos;
        long first = head.get();
        int low = 0;
        int high = entries.length();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (age(first + middle, time) >= perNanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
