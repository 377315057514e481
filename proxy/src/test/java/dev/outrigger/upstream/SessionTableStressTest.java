package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.time.NanoClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ends by eviction, by replacement and by request, all at once. */
class SessionTableStressTest {
    private static final int THREADS = 3;
    private static final int ROUNDS = 20_000;

    @Test
    void everySessionEndsExactlyOnce() throws Exception {
        Set<McpSession> seen = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        AtomicInteger ended = new AtomicInteger();
        ExecutorService maintenance = Executors.newSingleThreadExecutor();
        ExecutorService loops = Executors.newFixedThreadPool(THREADS);
        try {
            SessionTable table = new SessionTable(
                    20, Duration.ofHours(1), maintenance, NanoClock.SYSTEM, nanos -> ended.incrementAndGet());
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                all.add(loops.submit(() -> use(table, random, seen)));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
            table.close();
        } finally {
            loops.shutdownNow();
            maintenance.shutdown();
            assertTrue(maintenance.awaitTermination(60, TimeUnit.SECONDS));
        }

        assertEquals(0, seen.stream().filter(session -> !session.isOver()).count());
        assertEquals(seen.size(), ended.get());
    }

    private static void use(SessionTable table, SplittableRandom random, Set<McpSession> seen) {
        Endpoint[] endpoints = {endpoint(1), endpoint(2)};
        for (int i = 0; i < ROUNDS; i++) {
            String id = "s" + random.nextInt(40);
            McpSession found = table.find(id);
            if (found == null || random.nextInt(8) == 0) {
                seen.add(table.bind(id, endpoints[random.nextInt(2)]));
            } else if (random.nextInt(8) == 0) {
                table.end(found);
            }
        }
    }

    private static Endpoint endpoint(int port) {
        return new Endpoint(InetSocketAddress.createUnresolved("host", port));
    }
}
