package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeTextTest {
    private final TimeText text = new TimeText();

    @Test
    void millisecondsAlwaysHaveThreeDigits() {
        assertEquals("2026-11-20T10:00:00.000Z", text.of(millis("2026-11-20T10:00:00Z")));
        assertEquals("2026-11-20T10:00:00.007Z", text.of(millis("2026-11-20T10:00:00.007Z")));
        assertEquals("2026-11-20T10:00:00.120Z", text.of(millis("2026-11-20T10:00:00.120Z")));
        assertEquals("2026-11-20T10:00:01.999Z", text.of(millis("2026-11-20T10:00:01.999Z")));
    }

    @Test
    void timesBeforeTheEpochAreRightToo() {
        assertEquals("1969-12-31T23:59:59.999Z", text.of(-1));
    }

    private static long millis(String time) {
        return Instant.parse(time).toEpochMilli();
    }
}
