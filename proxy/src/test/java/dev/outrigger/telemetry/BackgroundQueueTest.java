package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundQueueTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Recorder recorder = new Recorder();
    private final DropCounter dropped = new DropCounter();

    @Test
    void itemsComeInOrderAndAreFlushedWhenNoneIsLeft() {
        try (BackgroundQueue<Integer> queue = started(8, Duration.ZERO)) {
            queue.offer(1);
            queue.offer(2);
            Await.until("both came", LIMIT, () -> recorder.seen.equals(List.of(1, 2)));
            int flushes = recorder.flushes();
            queue.offer(3);
            Await.until("the third was flushed", LIMIT, () -> recorder.flushes() > flushes);
        }
        assertEquals(List.of(1, 2, 3), recorder.seen);
    }

    @Test
    void anItemThatFindsTheQueueFullIsDroppedAndCounted() {
        BackgroundQueue<Integer> queue = new BackgroundQueue<>("test", 4, Duration.ZERO, LIMIT, dropped, recorder);
        for (int i = 0; i < 4; i++) {
            assertTrue(queue.offer(i));
        }

        assertFalse(queue.offer(4));
        assertFalse(queue.offer(5));

        assertEquals(2, dropped.getAsLong());
        assertEquals(4, queue.waiting());
        queue.start();
        queue.close();
        assertEquals(List.of(0, 1, 2, 3), recorder.seen);
    }

    @Test
    void closingEmptiesTheQueueAndReleasesLast() {
        BackgroundQueue<Integer> queue = started(1024, HOUR);
        for (int i = 0; i < 400; i++) {
            queue.offer(i);
        }

        queue.close();

        assertEquals(400, recorder.seen.size());
        assertEquals(1, recorder.closes);
        assertFalse(queue.offer(7));
        assertEquals(1, dropped.getAsLong());
    }

    @Test
    void aBatchThatLingersIsTakenWhenTheQueueIsHalfFull() {
        try (BackgroundQueue<Integer> queue = started(8, HOUR)) {
            for (int i = 0; i < 4; i++) {
                queue.offer(i);
            }
            Await.until("the half-full queue was emptied", LIMIT, () -> recorder.seen.size() == 4);
        }
    }

    @Test
    void aDefectiveItemCountsAsDroppedAndTheNextOneComes() {
        try (BackgroundQueue<Integer> queue = started(8, Duration.ZERO)) {
            queue.offer(Recorder.DEFECTIVE);
            queue.offer(1);
            Await.until("the next came", LIMIT, () -> recorder.seen.equals(List.of(1)));
            assertEquals(1, dropped.getAsLong());
        }
    }

    @Test
    void anIdleThreadSleepsUntilItIsNeeded() {
        try (BackgroundQueue<Integer> queue = started(8, Duration.ZERO)) {
            queue.offer(1);
            Await.until("it came", LIMIT, () -> recorder.seen.size() == 1);
            Thread thread = recorder.thread();
            Await.until("it sleeps", LIMIT, () -> thread.getState() == Thread.State.WAITING);
            thread.interrupt();
            queue.offer(2);
            Await.until("it woke up", LIMIT, () -> recorder.seen.size() == 2);
            Await.until("it sleeps again", LIMIT, () -> thread.getState() == Thread.State.WAITING);
        }
    }

    @Test
    void nothingIsLostOrLeftBehindWithManyProducers() throws InterruptedException {
        AtomicLong sum = new AtomicLong();
        BackgroundQueue.Consumer<Integer> adder = new Recorder() {
            @Override
            public void accept(Integer item) {
                sum.addAndGet(item);
            }
        };
        BackgroundQueue<Integer> queue = new BackgroundQueue<>("test", 1024, Duration.ZERO, LIMIT, dropped, adder);
        queue.start();
        AtomicLong offered = new AtomicLong();
        CountDownLatch ready = new CountDownLatch(3);
        Thread[] producers = new Thread[3];
        for (int p = 0; p < producers.length; p++) {
            producers[p] = new Thread(() -> {
                ready.countDown();
                for (int i = 0; i < 100_000; i++) {
                    if (queue.offer(1)) {
                        offered.incrementAndGet();
                    }
                }
            });
            producers[p].start();
        }
        ready.await();
        for (Thread producer : producers) {
            producer.join();
        }

        Await.until("all came without another offer", LIMIT, () -> sum.get() == offered.get());
        assertEquals(300_000 - offered.get(), dropped.getAsLong());
        queue.close();
    }

    private BackgroundQueue<Integer> started(int capacity, Duration linger) {
        BackgroundQueue<Integer> queue = new BackgroundQueue<>("test", capacity, linger, LIMIT, dropped, recorder);
        queue.start();
        return queue;
    }

    private static class Recorder implements BackgroundQueue.Consumer<Integer> {
        static final int DEFECTIVE = -1;

        final List<Integer> seen = new CopyOnWriteArrayList<>();
        private final AtomicLong flushes = new AtomicLong();
        private volatile Thread thread = Thread.currentThread();
        private volatile int closes;

        @Override
        public void accept(Integer item) {
            thread = Thread.currentThread();
            if (item == DEFECTIVE) {
                throw new IllegalStateException("defective");
            }
            seen.add(item);
        }

        @Override
        public void onEmpty() {
            flushes.incrementAndGet();
        }

        @Override
        public void onClose() {
            closes = 1;
        }

        int flushes() {
            return flushes.intValue();
        }

        Thread thread() {
            return thread;
        }
    }
}
