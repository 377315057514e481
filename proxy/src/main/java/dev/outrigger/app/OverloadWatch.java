package dev.outrigger.app;

import dev.outrigger.resilience.OverloadGuard;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * Looks at what the {@link OverloadGuard} judges: the memories, and how late each loop is with a task that it was given. On control,
 * because a loop that is late could not tell.
 */
final class OverloadWatch {
    /** Between two looks. A loop that rests is woken as often, which is not worth noting. */
    static final long PERIOD_MILLIS = 250;

    private final OverloadGuard guard;
    private final LongSupplier directMemoryBytes;
    private final List<Probe> probes;

    OverloadWatch(OverloadGuard guard, List<Worker> workers, LongSupplier directMemoryBytes, NanoClock clock) {
        this.guard = guard;
        this.directMemoryBytes = directMemoryBytes;
        this.probes = workers.stream().map(worker -> new Probe(worker, clock)).toList();
    }

    void look() {
        long stallNanos = 0;
        for (Probe probe : probes) {
            stallNanos = Math.max(stallNanos, probe.lateNanos());
            probe.send();
        }
        double direct = (double) directMemoryBytes.getAsLong() / Math.max(1, PlatformDependent.maxDirectMemory());
        guard.look(direct, heap(), stallNanos);
    }

    /** What is used says little as long as it may be garbage; only when that is too much, what the last collection left is asked. */
    private double heap() {
        Runtime runtime = Runtime.getRuntime();
        double used = (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory();
        return used <= guard.config().maxHeap() * 0.9 ? used : Math.min(used, live(runtime.maxMemory()));
    }

    private static double live(long maxBytes) {
        long bytes = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage left = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            bytes += left == null ? 0 : left.getUsed();
        }
        return (double) bytes / maxBytes;
    }

    /** A task that a loop is given, one at a time. */
    private static final class Probe {
        private final Worker worker;
        private final NanoClock clock;
        private long sentNanos;
        private volatile long tookNanos;
        private volatile boolean under;

        Probe(Worker worker, NanoClock clock) {
            this.worker = worker;
            this.clock = clock;
        }

        long lateNanos() {
            return under ? clock.nanoTime() - sentNanos : tookNanos;
        }

        void send() {
            if (under) {
                return;
            }
            long now = clock.nanoTime();
            sentNanos = now;
            under = true;
            try {
                worker.loop().execute(() -> {
                    tookNanos = clock.nanoTime() - now;
                    under = false;
                });
            } catch (RejectedExecutionException e) {
                // The loop has ended: nothing waits for it any more.
                under = false;
            }
        }
    }
}
