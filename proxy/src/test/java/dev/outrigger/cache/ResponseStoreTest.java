package dev.outrigger.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.time.ManualClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseStoreTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final CacheKey KEY = Answers.key(1);

    private final ManualClock clock = new ManualClock();
    private final CacheCounts counts = new CacheCounts();
    private final Epochs epochs = new Epochs();
    private final ResponseStore store = Answers.store(clock, counts, 1 << 20, Duration.ZERO);

    private StoredAnswer put(ResponseStore into, CacheKey key, Duration fresh) {
        StoredAnswer answer = Answers.answer(clock, 10, fresh, epochs, "app", "get");
        into.put(key, answer);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5, Long.MAX_VALUE - 7, Long.MIN_VALUE})
    void anAnswerIsThereForItsTime(long startNanos) {
        ManualClock from = new ManualClock(startNanos);
        ResponseStore timed = Answers.store(from, counts, 1 << 20, Duration.ZERO);
        StoredAnswer answer = Answers.answer(from, 10, MINUTE, epochs, "app", "get");
        timed.put(KEY, answer);

        assertSame(answer, timed.find(KEY, from.nanoTime()));
        from.advance(MINUTE.minusNanos(1));
        assertSame(answer, timed.find(KEY, from.nanoTime()));
        assertNull(timed.find(Answers.key(2), from.nanoTime()));
        from.advanceNanos(1);
        assertNull(timed.find(KEY, from.nanoTime()));
        from.advance(Duration.ofSeconds(3));
        timed.sweep();
        assertEquals(0, timed.entries());
        assertEquals(0, timed.bytes());
    }

    @Test
    void answersOnTheirWayHaveAsMuchRoomAsThoseThatAreKept() {
        ResponseStore small = Answers.store(clock, counts, 2000, Duration.ZERO);
        assertTrue(small.reserve(1500));
        assertFalse(small.reserve(501));
        assertTrue(small.reserve(500));
        small.release(1500);
        assertFalse(small.reserve(1501));
        assertTrue(small.reserve(1500));
    }

    @Test
    void beyondItsTimeItIsThereForThoseWhoHaveNothingElse() {
        ResponseStore patient = Answers.store(clock, counts, 1 << 20, MINUTE);
        StoredAnswer answer = put(patient, KEY, MINUTE);
        clock.advance(MINUTE);

        assertNull(patient.find(KEY, clock.nanoTime()));
        assertSame(answer, patient.findStale(KEY, clock.nanoTime()));
        clock.advance(MINUTE);
        assertNull(patient.findStale(KEY, clock.nanoTime()));
    }

    @Test
    void withoutMoreTimeNothingIsGivenBeyondIt() {
        put(store, KEY, MINUTE);

        assertNull(store.findStale(KEY, clock.nanoTime()));
    }

    @Test
    void theBytesAreBounded() {
        ResponseStore small = Answers.store(clock, counts, 64 << 10, Duration.ZERO);
        for (int i = 0; i < 1000; i++) {
            small.put(Answers.key(i), Answers.answer(clock, 1000, MINUTE, epochs, "app", "get"));
            assertTrue(small.bytes() <= 64 << 10, small.bytes() + " bytes");
        }
        assertTrue(small.bytes() > 32 << 10, small.bytes() + " bytes");
        assertTrue(small.entries() <= 64, small.entries() + " entries");
        assertEquals(1000, small.entries() + counts.totals().evictions());
    }

    @Test
    void whatIsAskedForIsNotPushedOutByWhatIsNot() {
        ResponseStore small = Answers.store(clock, counts, 64 << 10, Duration.ZERO);
        put(small, KEY, Duration.ofHours(1));
        for (int i = 2; i < 2000; i++) {
            clock.advance(Duration.ofMillis(101));
            assertNotNull(small.find(KEY, clock.nanoTime()), "after " + i);
            small.put(Answers.key(i), Answers.answer(clock, 1000, Duration.ofHours(1), epochs, "app", "get"));
        }
    }

    @Test
    void aServersWordEndsIt() {
        put(store, KEY, MINUTE);
        StoredAnswer late = Answers.answer(clock, 10, MINUTE, epochs, "app", "get");
        Notified.toolsChanged(epochs);

        assertNull(store.find(KEY, clock.nanoTime()));
        assertEquals(1, counts.totals().invalidations());
        store.put(KEY, late);
        assertNull(store.find(KEY, clock.nanoTime()), "it was asked for before");
        StoredAnswer next = put(store, KEY, MINUTE);
        assertSame(next, store.find(KEY, clock.nanoTime()));
    }

    @Test
    void whatIsNotWantedIsDropped() {
        store.put(Answers.key(1), Answers.answer(clock, 10, MINUTE, epochs, "app", "a"));
        store.put(Answers.key(2), Answers.answer(clock, 10, MINUTE, epochs, "app", "b"));
        store.put(Answers.key(3), Answers.answer(clock, 10, MINUTE, epochs, "other", "a"));

        assertEquals(2, store.invalidate(answer -> answer.source().tool().equals("a")));
        assertNull(store.find(Answers.key(1), clock.nanoTime()));
        assertNotNull(store.find(Answers.key(2), clock.nanoTime()));
        assertEquals(2, counts.totals().invalidations());
        assertEquals(0, counts.totals().evictions());
    }

    /** With room for all, it is a map of which the entries have their time. */
    @Test
    void agreesWithAMapThatForgets() {
        Random random = new Random(11);
        ResponseStore large = Answers.store(clock, counts, 1 << 30, MINUTE);
        Map<CacheKey, StoredAnswer> model = new HashMap<>();
        Map<CacheKey, Long> freshUntil = new HashMap<>();
        for (int step = 0; step < 1_000_000; step++) {
            CacheKey key = Answers.key(random.nextInt(50));
            switch (random.nextInt(10)) {
                case 0 -> {
                    long freshMillis = 1 + random.nextInt(60_000);
                    StoredAnswer answer =
                            Answers.answer(clock, 1, Duration.ofMillis(freshMillis), epochs, "app", "get");
                    large.put(key, answer);
                    model.put(key, answer);
                    freshUntil.put(
                            key,
                            clock.nanoTime() + Duration.ofMillis(freshMillis).toNanos());
                }
                case 1 -> clock.advance(Duration.ofMillis(random.nextInt(2000)));
                case 2 -> {
                    if (random.nextInt(500) == 0) {
                        Notified.toolsChanged(epochs);
                        model.clear();
                    }
                }
                default -> {
                    StoredAnswer expected = model.get(key);
                    long left = expected == null ? 0 : freshUntil.get(key) - clock.nanoTime();
                    assertSame(left > 0 ? expected : null, large.find(key, clock.nanoTime()));
                    assertSame(left > -MINUTE.toNanos() ? expected : null, large.findStale(key, clock.nanoTime()));
                }
            }
        }
    }
}
