package dev.outrigger.telemetry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * A bounded queue and the one thread that empties it: how everything slow leaves the loops.
 *
 * <p>{@link #offer} never blocks; when the queue is full the item is dropped and counted. An idle thread is parked without a
 * timeout, so that an idle process does not wake up. The first item wakes it; then it lingers for a moment while more arrive,
 * because waking a thread costs the offering loop more than the offer itself, and should happen once per batch.
 *
 * <p>JCTools' queue in its variant without {@code sun.misc.Unsafe}, of which newer JDKs warn.
 *
 * @param <T> the items
 */
final class BackgroundQueue<T> implements AutoCloseable {
    private final Consumer<T> consumer;
    private final MpscAtomicArrayQueue<T> queue;
    private final long lingerNanos;
    private final long closeMillis;
    private final int wakeAtSize;
    private final DropCounter dropped;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Makes the queue; {@link #start} starts its thread.
     *
     * @param capacity items that may wait; rounded up to a power of two
     * @param linger how long the first item of a batch may wait for others
     * @param closeWithin how long {@link #close} waits for the last items
     * @param dropped where items that are thrown away count
     */
    BackgroundQueue(
            String threadName,
            int capacity,
            Duration linger,
            Duration closeWithin,
            DropCounter dropped,
            Consumer<T> consumer) {
        this.dropped = dropped;
        this.consumer = consumer;
        this.queue = new MpscAtomicArrayQueue<>(capacity);
        this.lingerNanos = linger.toNanos();
        this.closeMillis = closeWithin.toMillis();
        this.wakeAtSize = capacity / 2;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Hands an item over, from any thread; false, and counted, if there was no room. */
    boolean offer(T item) {
        if (closed || !queue.offer(item)) {
            dropped.add(1);
            return false;
        }
        // The offer's compare-and-set comes before this read, the consumer's change to IDLE before its last look into
        // the
        // queue: one of the two sees the other, so no item is left behind with the thread asleep.
        State seen = state.get();
        if (seen == State.IDLE || (seen == State.LINGERING && queue.size() >= wakeAtSize)) {
            wake(seen);
        }
        return true;
    }

    /** Items that wait now. */
    int waiting() {
        return queue.size();
    }

    /** Takes nothing more, lets the thread empty the queue and waits for it, up to the time given to the constructor. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(closeMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            while (queue.poll() != null) {
                dropped.add(1);
            }
        }
    }

    private void wake(State seen) {
        if (state.compareAndSet(seen, State.RUNNING)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        boolean last = false;
        while (true) {
            drain();
            guard(consumer::onEmpty);
            if (last) {
                guard(consumer::onClose);
                return;
            }
            rest();
            // Read before the next drain, so that what was offered before the close is in it.
            last = closed;
        }
    }

    private void drain() {
        T item = queue.poll();
        while (item != null) {
            T taken = item;
            guard(() -> consumer.accept(taken));
            item = queue.poll();
        }
    }

    /** A defect in formatting one item must not end the thread; the item counts as dropped. */
    private void guard(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            dropped.add(1);
        }
    }

    private void rest() {
        state.set(State.IDLE);
        while (state.get() == State.IDLE && queue.isEmpty() && !closed) {
            LockSupport.park(this);
            clearInterrupt();
        }
        linger();
        state.set(State.RUNNING);
    }

    private void linger() {
        if (lingerNanos == 0) {
            return;
        }
        state.set(State.LINGERING);
        long start = System.nanoTime();
        long left = lingerNanos;
        while (left > 0 && state.get() == State.LINGERING && queue.size() < wakeAtSize && !closed) {
            LockSupport.parkNanos(this, left);
            clearInterrupt();
            left = lingerNanos - (System.nanoTime() - start);
        }
    }

    /** A thread that is interrupted would never park again. Nobody interrupts it on purpose; {@link #close} ends it. */
    private static void clearInterrupt() {
        Thread.interrupted();
    }

    private enum State {
        /** Takes items, looks again before it rests. */
        RUNNING,
        /** Parked until the first item. */
        IDLE,
        /** Parked for a while, or until the queue is half full. */
        LINGERING
    }

    /** What happens to the items, all of it on the queue's thread. */
    interface Consumer<T> {
        void accept(T item);

        /** No item is left for now: flush. */
        void onEmpty();

        /** After the last item: release. */
        void onClose();
    }
}
