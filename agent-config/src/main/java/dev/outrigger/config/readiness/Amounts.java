package dev.outrigger.config.readiness;

import java.time.Duration;
import java.util.Locale;

/** Durations and sizes for people, roughly as the configuration spells them. */
final class Amounts {
    private static final long MEBIBYTE = 1 << 20;

    private Amounts() {}

    /** {@code 30s}, {@code 1m30s}, {@code 0.25s}. */
    static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    /** {@code 128MiB}, rounded up. */
    static String mebibytes(long bytes) {
        return (bytes + MEBIBYTE - 1) / MEBIBYTE + "MiB";
    }
}
