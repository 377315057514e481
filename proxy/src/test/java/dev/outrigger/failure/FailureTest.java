package dev.outrigger.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
    /** 50 calls a second are let in every 20 ms; who is told 19 and comes then is refused once more. */
    @ParameterizedTest
    @CsvSource({
        "0, -1",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "19000001, 20",
        "20000000, 20",
        "9223372036854775807, 9223372036855"
    })
    void whoComesBackWhenToldIsNotTooEarly(long nanos, long millis) {
        assertEquals(millis, Failure.retryLater(Reason.RATE_LIMITED, nanos).retryAfterMillis());
    }
}
