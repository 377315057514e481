package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final String NOW = "Sat, 21 Nov 2026 20:00:00 GMT";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | 2",
                "0 | 0",
                "Sat, 21 Nov 2026 20:00:07 GMT | 7",
                "Sat, 21 Nov 2026 19:00:00 GMT | 0",
                "soon | 0",
                "-1 | 0",
                "1.5 | 0",
                "'' | 0",
                "99999999999999999999999 | 31536000"
            })
    void aNumberOfSecondsOrADateAfterThatOfTheAnswer(String value, long seconds) {
        assertEquals(TimeUnit.SECONDS.toNanos(seconds), RetryAfter.nanos(headers(value, NOW)));
    }

    @Test
    void aDateAloneTellsNothingSinceClocksDiffer() {
        HttpHeaders headers =
                new DefaultHttpHeaders().set(HttpHeaderNames.RETRY_AFTER, "Sat, 21 Nov 2026 20:00:07 GMT");

        assertEquals(0, RetryAfter.nanos(headers));
    }

    @Test
    void withoutTheHeaderThereIsNothingToWaitFor() {
        assertEquals(0, RetryAfter.nanos(new DefaultHttpHeaders()));
    }

    private static HttpHeaders headers(String retryAfter, String date) {
        return new DefaultHttpHeaders()
                .set(HttpHeaderNames.RETRY_AFTER, retryAfter)
                .set(HttpHeaderNames.DATE, date);
    }
}
