package dev.outrigger.exchange;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When an answer says that trying again may help (RFC 9110, 10.2.3). A date is compared with the answer's own, so that the
 * clocks need not agree.
 */
final class RetryAfter {
    /** Longer than any request lives. */
    private static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(365);

    private RetryAfter() {}

    /** @return nanoseconds from now; 0 if it does not say so, or not in a way that can be understood */
    static long nanos(HttpHeaders headers) {
        String text = headers.get(HttpHeaderNames.RETRY_AFTER);
        if (text == null) {
            return 0;
        }
        boolean isNumber = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long seconds = isNumber ? number(text) : untilDate(text, headers.get(HttpHeaderNames.DATE));
        return TimeUnit.SECONDS.toNanos(Math.min(MAX_SECONDS, Math.max(0, seconds)));
    }

    private static long number(String digits) {
        return digits.length() > 18 ? MAX_SECONDS : Long.parseLong(digits);
    }

    private static long untilDate(String text, @Nullable String now) {
        Date until = DateFormatter.parseHttpDate(text);
        Date from = now == null ? null : DateFormatter.parseHttpDate(now);
        return until == null || from == null ? 0 : from.toInstant().until(until.toInstant(), ChronoUnit.SECONDS);
    }
}
