package dev.outrigger.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlightTest {
    private static final CacheKey KEY = Answers.key(1);

    private final ManualClock clock = new ManualClock();
    private final ResponseStore store = Answers.store(clock, new CacheCounts(), 1 << 20, Duration.ZERO);
    private final List<@Nullable StoredAnswer> told = new ArrayList<>();

    private StoredAnswer answer() {
        return Answers.answer(clock, 10, Duration.ofMinutes(1), new Epochs(), "app", "get");
    }

    @Test
    void theFirstLeadsAndTheOthersAreToldOnce() {
        Flight flight = Objects.requireNonNull(store.joinOrLead(KEY, told::add));
        assertNull(store.joinOrLead(KEY, told::add));
        assertNull(store.joinOrLead(KEY, told::add));
        assertNotNull(store.joinOrLead(Answers.key(2), told::add), "another question");
        StoredAnswer answer = answer();

        flight.land(answer);
        flight.land(null);

        assertEquals(2, told.size());
        assertSame(answer, told.get(0));
        assertSame(answer, told.get(1));
    }

    @Test
    void whoComesAfterItHasLandedLeads() {
        Flight flight = Objects.requireNonNull(store.joinOrLead(KEY, told::add));
        flight.land(null);

        Flight next = Objects.requireNonNull(store.joinOrLead(KEY, told::add));
        flight.land(answer());
        assertNull(store.joinOrLead(KEY, told::add), "the next is still under way");
        next.land(null);

        assertEquals(1, told.size());
        assertNull(told.get(0));
    }

    @Test
    void whoHasLeftIsNotTakenForAnAnswer() {
        List<String> news = new ArrayList<>();
        Flight flight = Objects.requireNonNull(store.joinOrLead(KEY, told::add));
        assertNull(store.joinOrLead(KEY, new Flight.Waiter() {
            @Override
            public void onLanded(@Nullable StoredAnswer answer) {
                news.add("landed");
            }

            @Override
            public void onLeft() {
                news.add("left");
                assertNotNull(store.joinOrLead(KEY, this), "it asks now");
            }
        }));

        flight.leave();
        flight.land(answer());

        assertEquals(List.of("left"), news);
        assertEquals(List.of(), told);
    }

    @Test
    void whateverTheThreadsDoEverybodyLeadsOrIsToldOnce() throws Exception {
        int threads = 4;
        int rounds = 50_000;
        AtomicInteger leads = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        AtomicInteger tellings = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                done.add(executor.submit(() -> {
                    begin.await();
                    for (int i = 0; i < rounds; i++) {
                        Flight flight = store.joinOrLead(Answers.key(i % 3), landed -> tellings.incrementAndGet());
                        if (flight == null) {
                            waits.incrementAndGet();
                        } else {
                            leads.incrementAndGet();
                            flight.land(null);
                        }
                    }
                    return null;
                }));
            }
            begin.countDown();
            for (Future<?> thread : done) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }

        assertEquals(threads * rounds, leads.get() + waits.get());
        assertEquals(waits.get(), tellings.get());
        assertNotNull(store.joinOrLead(KEY, told::add), "nothing is left behind");
    }
}
