package dev.outrigger.app;

import dev.outrigger.testing.Await;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;

/** One route of the matrix with its clients; nothing in the sidecar is shared with other cells but its loops. */
final class FaultCell {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final FaultLayout layout;
    private final FaultShape shape;
    private final AtomicLong requestIds = new AtomicLong();
    private final Queue<FaultSample> samples = new ConcurrentLinkedQueue<>();
    private final List<FaultClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    FaultCell(FaultLayout layout, FaultShape shape) {
        this.layout = layout;
        this.shape = shape;
    }

    FaultLayout layout() {
        return layout;
    }

    FaultShape shape() {
        return shape;
    }

    /** Of the route, the upstream, and the tool. */
    String name() {
        return layout.label() + '-' + shape.label();
    }

    String path() {
        return '/' + layout.label() + '/' + shape.label();
    }

    /** Upstream of the alternate, if there is one. */
    String standby() {
        return name() + "-standby";
    }

    String nextRequestId() {
        return name() + '-' + requestIds.incrementAndGet();
    }

    void note(FaultSample sample) {
        samples.add(sample);
    }

    void start(InetSocketAddress sidecar, int count) {
        samples.clear();
        clients.clear();
        threads.clear();
        for (int i = 0; i < count; i++) {
            FaultClient client = new FaultClient(this, sidecar);
            clients.add(client);
            threads.add(new Thread(client, name() + '-' + i));
        }
        threads.forEach(Thread::start);
    }

    /** Waits until each client has ended so many further exchanges that it has begun after this call. */
    void awaitExchanges(int count) {
        awaitMore(count, 0, FaultClient::ended);
    }

    /** Waits until nothing has gone wrong with the last so many exchanges of each client, all begun after this call. */
    void awaitFine(int count) {
        awaitMore(count, count, FaultClient::fineInARow);
    }

    private void awaitMore(int count, int least, ToIntFunction<FaultClient> progress) {
        int[] before = clients.stream().mapToInt(FaultClient::ended).toArray();
        for (int i = 0; i < before.length; i++) {
            FaultClient client = clients.get(i);
            int more = before[i] + 1 + count;
            Await.until(
                    "a client of " + name() + " has " + count + " more",
                    DEADLINE,
                    () -> client.ended() >= more && progress.applyAsInt(client) >= least);
        }
    }

    /** Lets the clients end what they have begun. */
    List<FaultSample> stop() throws InterruptedException {
        clients.forEach(FaultClient::stop);
        for (Thread thread : threads) {
            thread.join(DEADLINE.toMillis());
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " hangs");
            }
        }
        return List.copyOf(samples);
    }
}
