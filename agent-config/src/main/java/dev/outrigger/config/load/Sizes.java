package dev.outrigger.config.load;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sizes as text: {@code 8KiB}, {@code 10MB}, {@code 512B}, or a bare number of bytes. Single letters such as {@code 10M} are
 * refused: HOCON takes them for powers of two, Kubernetes for powers of ten.
 */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([A-Za-z]*)");

    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("kB", 1_000L),
            Map.entry("KB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("Ki", 1L << 10),
            Map.entry("KiB", 1L << 10),
            Map.entry("Mi", 1L << 20),
            Map.entry("MiB", 1L << 20),
            Map.entry("Gi", 1L << 30),
            Map.entry("GiB", 1L << 30));

    private static final List<String> PRINTED_UNITS = List.of("GiB", "MiB", "KiB");

    private Sizes() {}

    /** The size in whole bytes, or null if the text is none. */
    static @Nullable Long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Long unitBytes = form.matches() ? UNITS.get(form.group(2)) : null;
        if (unitBytes == null) {
            return null;
        }
        BigDecimal bytes = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unitBytes));
        if (bytes.stripTrailingZeros().scale() > 0) {
            return null;
        }
        return bytes.toBigInteger().bitLength() < Long.SIZE ? bytes.longValue() : Long.MAX_VALUE;
    }

    /** The shortest whole number with its unit that {@link #parse} reads back as the same size. */
    static String format(long bytes) {
        for (String name : PRINTED_UNITS) {
            long unitBytes = UNITS.getOrDefault(name, 1L);
            if (bytes != 0 && bytes % unitBytes == 0) {
                return bytes / unitBytes + name;
            }
        }
        return bytes + "B";
    }
}
