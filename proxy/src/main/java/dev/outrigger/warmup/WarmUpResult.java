package dev.outrigger.warmup;

import java.time.Duration;
import java.util.Locale;

/**
 * What a warm-up came to.
 *
 * @param exchanges that were answered
 * @param isSettled whether it ended because more of it would have brought little, and not because its time was over
 */
public record WarmUpResult(long exchanges, Duration took, boolean isSettled) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d exchanges in %d ms%s",
                exchanges,
                took.toMillis(),
                isSettled ? "" : ", until its time was over");
    }
}
