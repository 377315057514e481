package dev.outrigger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTest {
    private final Interval interval = new Interval();

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "999, 1", "1000, 1", "1001, 2", "2000000, 2000", "-5, 0"})
    void durationsAreRoundedUpToMicroseconds(long nanos, long micros) {
        interval.record(Records.toolCall("echo", Duration.ofNanos(nanos)));

        assertEquals(new TreeMap<>(Map.of(micros, 1L)), cells());
    }

    @Test
    void durationsBeyondAnHourCountAsAnHour() {
        interval.record(Records.toolCall("echo", Duration.ofHours(5)));

        assertEquals(3_600_000_000L, cells().firstKey());
        assertEquals(Interval.MAX_DURATION_NANOS, interval.sumNanos());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Interval.PLAIN_VALUES, Interval.PLAIN_VALUES + 1, 20_000})
    void everyDurationIsThereOnceToThreeDigits(int count) {
        TreeMap<Long, Long> expected = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            long micros = 1 + i * 7919L % 3_000_000;
            expected.merge(micros, 1L, Long::sum);
            interval.record(Records.toolCall("echo", Duration.ofNanos(micros * 1000)));
        }

        TreeMap<Long, Long> found = cells();
        assertEquals(count, interval.count());
        assertEquals(count, found.values().stream().mapToLong(Long::longValue).sum());
        for (long micros : new long[] {10, 2_000, 40_000, 700_000, 2_500_000, 4_000_000}) {
            long upTo = expected.headMap(micros, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long atMost = expected.headMap(micros + micros / 1000 + 1, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long counted = found.headMap(micros, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertTrue(upTo <= counted && counted <= atMost, upTo + " <= " + counted + " <= " + atMost);
        }
    }

    @Test
    void clearingForgetsEverything() {
        for (int i = 0; i < 2 * Interval.PLAIN_VALUES; i++) {
            interval.record(Records.sampled(Records.toolCall("echo", Duration.ofMillis(i)), 1, 2));
        }
        interval.clear();

        assertEquals(0, interval.count());
        assertEquals(0, interval.sumNanos());
        assertNull(interval.sample());
        assertEquals(0, cells().size());
    }

    private TreeMap<Long, Long> cells() {
        TreeMap<Long, Long> cells = new TreeMap<>();
        interval.forEach((micros, count) -> cells.merge(micros, count, Long::sum));
        return cells;
    }
}
