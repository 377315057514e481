package dev.outrigger.listener;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask without pause, half of them on a new connection each time, and keep what went wrong. */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final int port;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private volatile String lastAnswer = "";
    private volatile boolean over;

    Load(int port) {
        this.port = port;
        for (int i = 0; i < CLIENTS; i++) {
            boolean keepsAlive = i % 2 == 0;
            Thread thread = new Thread(() -> run(keepsAlive), "test-load-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void run(boolean keepsAlive) {
        while (!over) {
            try (Asking client = new Asking(port)) {
                do {
                    lastAnswer = client.ask("/");
                    answers.incrementAndGet();
                } while (keepsAlive && !over && !client.isOver());
            } catch (IOException | RuntimeException e) {
                failures.add((keepsAlive ? "kept alive: " : "new: ") + e);
            }
        }
    }

    /** Waits for so many more answers. */
    void awaitMore(int count) {
        int wanted = answers.get() + count;
        Await.until(count + " more answers", LIMIT, () -> answers.get() >= wanted || !failures.isEmpty());
    }

    /** Waits until somebody answers so. */
    void awaitAnswer(String expected) {
        Await.until("an answer from " + expected, LIMIT, () -> lastAnswer.equals(expected) || !failures.isEmpty());
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        over = true;
        Await.until("the clients are done", LIMIT, () -> threads.stream().noneMatch(Thread::isAlive));
    }
}
