package dev.outrigger.config.load;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations as text: {@code 30s}, {@code 1.5h}, {@code 200 millis}. The units are those of HOCON. A bare number is refused,
 * except zero: HOCON takes it for milliseconds, most people for seconds.
 */
final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([a-z]*)");
    private static final Map<String, Duration> UNITS = units();

    /** From large to small, for printing. */
    private static final List<String> PRINTED_UNITS = List.of("d", "h", "m", "s", "ms", "us");

    private Durations() {}

    /** The duration, whole nanoseconds, or null if the text is none. */
    static @Nullable Duration parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return null;
        }
        BigDecimal amount = new BigDecimal(form.group(1));
        if (form.group(2).isEmpty()) {
            return amount.signum() == 0 ? Duration.ZERO : null;
        }
        Duration unit = UNITS.get(form.group(2));
        if (unit == null) {
            return null;
        }
        BigInteger nanos = amount.multiply(BigDecimal.valueOf(unit.toNanos())).toBigInteger();
        return nanos.bitLength() < Long.SIZE ? Duration.ofNanos(nanos.longValue()) : Duration.ofNanos(Long.MAX_VALUE);
    }

    /** The shortest whole number with its unit that {@link #parse} reads back as the same duration. */
    static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        for (String name : PRINTED_UNITS) {
            long unitNanos = unitNanos(name);
            if (duration.toNanos() % unitNanos == 0) {
                return duration.toNanos() / unitNanos + name;
            }
        }
        return duration.toNanos() + "ns";
    }

    private static long unitNanos(String name) {
        Duration unit = UNITS.get(name);
        if (unit == null) {
            throw new IllegalArgumentException(name);
        }
        return unit.toNanos();
    }

    private static Map<String, Duration> units() {
        Map<String, Duration> units = new LinkedHashMap<>();
        put(units, Duration.ofNanos(1), "ns", "nano", "nanos", "nanosecond", "nanoseconds");
        put(units, Duration.ofNanos(1_000), "us", "micro", "micros", "microsecond", "microseconds");
        put(units, Duration.ofMillis(1), "ms", "milli", "millis", "millisecond", "milliseconds");
        put(units, Duration.ofSeconds(1), "s", "second", "seconds");
        put(units, Duration.ofMinutes(1), "m", "minute", "minutes");
        put(units, Duration.ofHours(1), "h", "hour", "hours");
        put(units, Duration.ofDays(1), "d", "day", "days");
        return Map.copyOf(units);
    }

    private static void put(Map<String, Duration> units, Duration unit, String... names) {
        for (String name : names) {
            units.put(name, unit);
        }
    }
}
