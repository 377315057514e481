package dev.outrigger.resilience;

import dev.outrigger.time.NanoClock;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The coarse timers of one worker: a hashed wheel of doubly linked slots, one tick every 10 ms.
 *
 * <p>Each request arms a few deadlines and cancels nearly all of them unused. With the loop's own scheduler that is a heap
 * operation and an object each; here a timer is a field of its owner and arming or cancelling relinks four references. A
 * timer never fires early and at most one tick late, plus what the loop itself is late.
 *
 * <p>The wheel asks for a wake-up at the next slot that holds a timer, not at every tick, and for none when it is empty: a
 * sidecar whose only work is an idle stream sleeps for a whole turn. A timer in front of the pending wake-up supersedes it;
 * the superseded one comes and finds nothing to do. Cancelling leaves the wake-up alone, so that requests that come and go
 * on an otherwise empty wheel share one wake-up instead of scheduling one each.
 *
 * <p>Deadlines are readings of the clock and may wrap around; they must be less than 146 years from now.
 *
 * <p>Single thread: the owning loop. Callbacks may arm and cancel any timer.
 */
public final class LoopTimers {
    /** Connect, request and idle timeouts are hundreds of milliseconds and more: 10 ms is within their noise. */
    static final long TICK_NANOS = 10_000_000;
    /** A power of two. One turn takes 10.24 s: the timers that are walked past in vain stay few even with 10,000 streams. */
    static final int SLOTS = 1024;

    private static final System.Logger LOG = System.getLogger(LoopTimers.class.getName());
    private static final int MASK = SLOTS - 1;
    private static final long NEVER = Long.MAX_VALUE;
    /** In place of the pending wake-up's tick while one is being worked off: nothing is earlier, nothing gets scheduled. */
    private static final long SWEEPING = Long.MIN_VALUE;

    private final NanoClock clock;
    private final TickScheduler scheduler;
    private final BiConsumer<Timer, Throwable> onFailure;
    private final Timer[] slots = new Timer[SLOTS];
    /** One bit per slot: set exactly when the slot holds a timer. */
    private final long[] occupied = new long[SLOTS / Long.SIZE];

    private final Timer due = new Head();
    /** The last tick that was worked off, and its instant. Slots from here to the pending wake-up are empty. */
    private long handTick;

    private long handNanos;
    /** The tick of the pending wake-up; armed timers always have one, or are being swept. */
    private long wakeTick = NEVER;

    private Wake wake = new Wake();
    private @Nullable Thread owner;

    /** Timers whose callback throws are logged. */
    public LoopTimers(NanoClock clock, TickScheduler scheduler) {
        this(clock, scheduler, (timer, e) -> LOG.log(Level.ERROR, "timer failed: " + timer, e));
    }

    /** @param onFailure told of a callback that threw; the other timers go on. Must not throw itself */
    public LoopTimers(NanoClock clock, TickScheduler scheduler, BiConsumer<Timer, Throwable> onFailure) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.onFailure = onFailure;
        this.handNanos = clock.nanoTime();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Head();
        }
    }

    /**
     * Lets {@code timer} fire at its deadline, once; an armed timer is moved. A deadline that has passed fires with the next
     * tick, never inside this call.
     */
    public void arm(Timer timer, long deadlineNanos) {
        assert isOwner();
        unlink(timer);
        timer.deadlineNanos = deadlineNanos;
        long ticksAhead = ticksAhead(deadlineNanos);
        if (firstVisit(ticksAhead) < wakeTick) {
            long nowNanos = clock.nanoTime();
            skipEmptySlots(nowNanos);
            ticksAhead = ticksAhead(deadlineNanos);
            wakeEarlier(firstVisit(ticksAhead), nowNanos);
        }
        link(timer, (int) (handTick + ticksAhead) & MASK);
    }

    /** Takes {@code timer} out; without effect if it is not armed. */
    public void cancel(Timer timer) {
        assert isOwner();
        unlink(timer);
    }

    private void onWake() {
        assert isOwner();
        long nowNanos = clock.nanoTime();
        wakeTick = SWEEPING;
        try {
            collectDue(nowNanos);
            fireDue(nowNanos);
        } finally {
            wakeTick = NEVER;
            long next = nextOccupied(handTick);
            if (next != NEVER) {
                schedule(next, nowNanos);
            }
        }
    }

    /** Only moves links, calls nobody: what callbacks do to the wheel cannot disturb the walk. */
    private void collectDue(long nowNanos) {
        long passed = ticksPassed(nowNanos);
        long until = handTick + Math.min(passed, SLOTS);
        long sweptNanos = handNanos + passed * TICK_NANOS;
        for (long tick = nextOccupied(handTick); tick <= until; tick = nextOccupied(tick)) {
            Timer head = slots[(int) tick & MASK];
            Timer timer = head.next;
            while (timer != head) {
                Timer following = timer.next;
                if (timer.deadlineNanos - sweptNanos <= 0) {
                    unlink(timer);
                    timer.linkBefore(due, Timer.NO_SLOT);
                }
                timer = following;
            }
        }
        handTick += passed;
        handNanos = sweptNanos;
    }

    private void fireDue(long nowNanos) {
        while (due.next != due) {
            Timer timer = due.next;
            unlink(timer);
            try {
                timer.onDeadline(nowNanos);
            } catch (Throwable e) {
                onFailure.accept(timer, e);
            }
        }
    }

    /** From the hand to the first tick at or after the deadline; at least one, since the hand's own slot is done. */
    private long ticksAhead(long deadlineNanos) {
        long aheadNanos = deadlineNanos - handNanos;
        return aheadNanos <= 0 ? 1 : (aheadNanos - 1) / TICK_NANOS + 1;
    }

    /** The tick at which the hand first reaches the slot; more than a turn away, that is before the deadline. */
    private long firstVisit(long ticksAhead) {
        return handTick + 1 + ((ticksAhead - 1) & MASK);
    }

    private long ticksPassed(long nowNanos) {
        return Math.max(0, nowNanos - handNanos) / TICK_NANOS;
    }

    /** Brings the hand up to now; up to the pending wake-up there is nothing to fire. */
    private void skipEmptySlots(long nowNanos) {
        long passed = Math.min(ticksPassed(nowNanos), wakeTick - 1 - handTick);
        handTick += passed;
        handNanos += passed * TICK_NANOS;
    }

    private void wakeEarlier(long tick, long nowNanos) {
        if (tick < wakeTick) {
            if (wakeTick != NEVER) {
                wake = new Wake();
            }
            schedule(tick, nowNanos);
        }
    }

    private void schedule(long tick, long nowNanos) {
        wakeTick = tick;
        long atNanos = handNanos + (tick - handTick) * TICK_NANOS;
        scheduler.schedule(wake, Math.max(0, atNanos - nowNanos));
    }

    private void link(Timer timer, int slot) {
        timer.linkBefore(slots[slot], slot);
        occupied[slot / Long.SIZE] |= 1L << slot;
    }

    private void unlink(Timer timer) {
        if (timer.isArmed() && timer.unlinkIsLast() && timer.slot != Timer.NO_SLOT) {
            occupied[timer.slot / Long.SIZE] &= ~(1L << timer.slot);
        }
    }

    /** @return the first tick after {@code tick} whose slot holds a timer, within one turn; {@link #NEVER} if none does */
    private long nextOccupied(long tick) {
        int start = (int) (tick + 1) & MASK;
        int word = start / Long.SIZE;
        long bits = occupied[word] & (-1L << start);
        for (int i = 0; i <= occupied.length; i++) {
            if (bits != 0) {
                int slot = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                return tick + 1 + ((slot - start) & MASK);
            }
            word = (word + 1) % occupied.length;
            bits = occupied[word];
        }
        return NEVER;
    }

    private boolean isOwner() {
        if (owner == null) {
            owner = Thread.currentThread();
        }
        return owner == Thread.currentThread();
    }

    /**
     * Something with a deadline; a field of whoever waits, made once and armed many times. Not a value: it links to its
     * neighbours in the wheel and belongs to one {@link LoopTimers}.
     */
    public abstract static class Timer {
        static final int NO_SLOT = -1;

        private Timer previous = this;
        private Timer next = this;
        private int slot = NO_SLOT;
        private long deadlineNanos;

        /**
         * The deadline has passed; the timer is not armed any more and may be armed again.
         *
         * @param nowNanos the clock's reading, not before the deadline
         */
        protected abstract void onDeadline(long nowNanos);

        public final boolean isArmed() {
            return next != this;
        }

        /** Whether it will fire at this time or before. */
        public final boolean isArmedFor(long nanos) {
            return isArmed() && deadlineNanos - nanos <= 0;
        }

        private void linkBefore(Timer head, int newSlot) {
            slot = newSlot;
            next = head;
            previous = head.previous;
            previous.next = this;
            head.previous = this;
        }

        /** @return whether it was the last of its list: then both its neighbours are the list's head */
        private boolean unlinkIsLast() {
            boolean last = previous == next;
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
            return last;
        }
    }

    /** The fixed point of a list, never itself linked into another. */
    private static final class Head extends Timer {
        @Override
        protected void onDeadline(long nowNanos) {
            throw new IllegalStateException("the head of a slot has no deadline");
        }
    }

    /** One pending wake-up. The object is used again after it has run, so only superseding allocates. */
    private final class Wake implements Runnable {
        @Override
        public void run() {
            if (this == wake) {
                onWake();
            }
        }
    }
}
