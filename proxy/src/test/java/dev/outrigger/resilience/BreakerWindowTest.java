package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BreakerWindowTest {
    private static final int STEPS = 1_000_000;
    private static final long LENGTH_NANOS = 1_000;

    /** The clock wraps around on the way. */
    private static final long START_NANOS = Long.MAX_VALUE - 100_000;

    @Test
    void countsLikeAListOfAllCallsOverAMillionRandomSteps() {
        SplittableRandom random = new SplittableRandom(7);
        BreakerWindow window = new BreakerWindow(LENGTH_NANOS, START_NANOS);
        NaiveWindow model = new NaiveWindow();
        long elapsedNanos = 0;

        for (int i = 0; i < STEPS; i++) {
            elapsedNanos += pause(random);
            if (random.nextInt(4) > 0) {
                boolean failed = random.nextBoolean();
                boolean slow = random.nextInt(3) == 0;
                window.count(failed, slow, START_NANOS + elapsedNanos);
                model.count(failed, slow, elapsedNanos);
            }
            long counts = window.counts(START_NANOS + elapsedNanos);
            model.forget(elapsedNanos);
            assertEquals(model.calls.size(), BreakerWindow.calls(counts));
            assertEquals(model.failures, BreakerWindow.failures(counts));
            assertEquals(model.slow, BreakerWindow.slow(counts));
        }
    }

    /** Mostly a little, sometimes the rest of a window, seldom many windows. */
    private static long pause(SplittableRandom random) {
        return switch (random.nextInt(50)) {
            case 0 -> random.nextLong(2 * LENGTH_NANOS);
            case 1 -> random.nextInt(20) == 0 ? random.nextLong(1_000 * LENGTH_NANOS) : 0;
            default -> random.nextLong(8);
        };
    }

    @Test
    void losesNoCallThatFourThreadsCountAtOnce() throws Exception {
        BreakerWindow window = new BreakerWindow(LENGTH_NANOS, 0);
        int perThread = 25_000;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                boolean failed = t % 2 == 0;
                boolean slow = t == 3;
                done.add(threads.submit(() -> {
                    start.await();
                    for (int i = 0; i < perThread; i++) {
                        window.count(failed, slow, i * LENGTH_NANOS / perThread);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> thread : done) {
                thread.get();
            }
        } finally {
            threads.shutdownNow();
        }

        long counts = window.counts(LENGTH_NANOS - 1);
        assertEquals(4 * perThread, BreakerWindow.calls(counts));
        assertEquals(2 * perThread, BreakerWindow.failures(counts));
        assertEquals(perThread, BreakerWindow.slow(counts));
    }

    @Test
    void keepsTheRatesWhenABucketIsFull() {
        BreakerWindow window = new BreakerWindow(LENGTH_NANOS, 0);

        for (int i = 0; i < 1_000_000; i++) {
            window.count(i % 4 == 0, i % 10 == 0, 0);
        }

        long counts = window.counts(0);
        double calls = BreakerWindow.calls(counts);
        assertTrue(calls > 50_000, () -> "calls " + calls);
        assertEquals(0.25, BreakerWindow.failures(counts) / calls, 0.001);
        assertEquals(0.1, BreakerWindow.slow(counts) / calls, 0.001);
    }

    @Test
    void countsACallThatIsToldLate() {
        BreakerWindow window = new BreakerWindow(LENGTH_NANOS, 0);
        window.count(false, false, 3 * LENGTH_NANOS);

        window.count(true, false, 2 * LENGTH_NANOS);

        assertEquals(2, BreakerWindow.calls(window.counts(3 * LENGTH_NANOS)));
    }

    /** Remembers every call; a window is the tenth of now and the nine before it. */
    private static final class NaiveWindow {
        private final Deque<Call> calls = new ArrayDeque<>();
        private int failures;
        private int slow;

        void count(boolean failed, boolean isSlow, long elapsedNanos) {
            calls.addLast(new Call(elapsedNanos, failed, isSlow));
            failures += failed ? 1 : 0;
            slow += isSlow ? 1 : 0;
        }

        void forget(long elapsedNanos) {
            long firstTenth = elapsedNanos * 10 / LENGTH_NANOS - 9;
            while (!calls.isEmpty() && calls.getFirst().atNanos * 10 / LENGTH_NANOS < firstTenth) {
                Call gone = calls.removeFirst();
                failures -= gone.failed ? 1 : 0;
                slow -= gone.slow ? 1 : 0;
            }
        }

        private record Call(long atNanos, boolean failed, boolean slow) {}
    }
}
