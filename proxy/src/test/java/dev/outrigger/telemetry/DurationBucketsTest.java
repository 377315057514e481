package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationBucketsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.001",
        "1000, 0.001",
        "1001, 0.002",
        "10000, 0.01",
        "10001, 0.02",
        "300000000, 300",
        "300000001, Infinity",
        "3600000000, Infinity"
    })
    void aBoundBelongsToItsBucket(long micros, double seconds) {
        assertEquals(seconds, DurationBuckets.classicSeconds(0)[DurationBuckets.classic(micros)]);
    }

    @Test
    void theUpperPartIsOpenTelemetrys() {
        assertArrayEquals(
                new double[] {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, Double.POSITIVE_INFINITY},
                DurationBuckets.classicSeconds(DurationBuckets.OTEL_FIRST));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 999, 1000, 1001, 12_345, 999_999, 1_000_000, 1_000_001, 2_000_000, 3_600_000_000L})
    void aNativeBucketEndsAtOrAboveTheValueAndBeginsBelow(long micros) {
        int index = DurationBuckets.NATIVE_FIRST + DurationBuckets.nativePosition(micros);
        double seconds = micros / 1e6;

        assertTrue(seconds <= Math.pow(2, index / 8.0), "end of " + index);
        assertTrue(seconds > Math.pow(2, (index - 1) / 8.0), "begin of " + index);
    }

    @Test
    void theNativeBucketsReachFromAMicrosecondToAnHour() {
        assertEquals(0, DurationBuckets.nativePosition(0));
        assertEquals(0, DurationBuckets.nativePosition(1));
        assertEquals(DurationBuckets.NATIVE_COUNT - 1, DurationBuckets.nativePosition(3_600_000_000L));
    }
}
