package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "1.5h, PT1H30M",
        "200 millis, PT0.2S",
        "5m, PT5M",
        "2 days, PT48H",
        "7us, PT0.000007S",
        "9ns, PT0.000000009S",
        "0, PT0S",
        "0.4ns, PT0S"
    })
    void durationsHaveTheUnitsOfHocon(String text, Duration expected) {
        assertEquals(expected, Durations.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "30", "s", "-1s", "1e3s", "1,5s", "30S", "30sec", "1m30s", "PT30S", "1000000000000000000000s"
            })
    void otherTextsAreNoDurations(String text) {
        assertNull(Durations.parse(text));
    }

    @Property
    void durationsSurviveTheWayToTextAndBack(@ForAll @LongRange(min = 0, max = 999_999_999_999_999_999L) long nanos) {
        assertEquals(Duration.ofNanos(nanos), Durations.parse(Durations.format(Duration.ofNanos(nanos))));
    }

    @Property
    void noDurationIsTooLongToRead(@ForAll @LongRange(min = 1_000_000, max = 999_999_999_999_999_999L) long days) {
        assertEquals(Duration.ofNanos(Long.MAX_VALUE), Durations.parse(days + "d"));
    }

    @ParameterizedTest
    @CsvSource({
        "8KiB, 8192",
        "8Ki, 8192",
        "10MB, 10000000",
        "1.5MiB, 1572864",
        "2 GiB, 2147483648",
        "5kB, 5000",
        "512B, 512",
        "512, 512"
    })
    void sizesTellPowersOfTwoFromPowersOfTen(String text, long expected) {
        assertEquals(expected, Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10M", "10k", "8kib", "-1B", "0.5B", "1TiB", "KiB", "1e3"})
    void otherTextsAreNoSizes(String text) {
        assertNull(Sizes.parse(text));
    }

    @Property
    void sizesSurviveTheWayToTextAndBack(@ForAll @LongRange(min = 0, max = 999_999_999_999_999_999L) long bytes) {
        assertEquals(bytes, Sizes.parse(Sizes.format(bytes)));
    }

    @ParameterizedTest
    @CsvSource({"50%, 0.5", "0.5, 0.5", "100 %, 1", "1, 1", "0, 0", "0.1%, 0.001", "33.3%, 0.333"})
    void sharesAreWrittenEitherWay(String text, double expected) {
        assertEquals(expected, Shares.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "100.1%", "1.01", "-1%", "half", "NaN", "1e-3"})
    void otherTextsAreNoShares(String text) {
        assertNull(Shares.parse(text));
    }

    @Property
    void sharesSurviveTheWayToTextAndBack(@ForAll @DoubleRange(min = 0, max = 1) double share) {
        double written = Math.round(share * 1e9) / 1e9;
        assertEquals(written, Shares.parse(Shares.format(written)));
    }
}
