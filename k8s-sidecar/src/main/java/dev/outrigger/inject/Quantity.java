package dev.outrigger.inject;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts as Kubernetes writes them. */
final class Quantity {
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,15}(?:\\.\\d{0,9})?|\\.\\d{1,9})(?:([eE][+-]?\\d{1,2})|(m|k|[MGTPE]|[KMGTPE]i)?)");
    private static final Pattern HEAP = Pattern.compile("([1-9]\\d{0,4})([mMgG])");
    private static final int KIBI = 1024;
    private static final String POWERS = "KMGTPE";

    private static final Map<String, BigDecimal> SMALL =
            Map.of("m", new BigDecimal("0.001"), "k", new BigDecimal(1000));

    private Quantity() {}

    /** Of cores; a thousandth is the least that Kubernetes counts. */
    static Optional<BigDecimal> cpu(String text) {
        return parse(text)
                .filter(value -> value.movePointRight(3).stripTrailingZeros().scale() <= 0);
    }

    /** Of bytes, which have no fractions: {@code 128m} is a mistake for {@code 128M}. */
    static Optional<BigDecimal> memory(String text) {
        return parse(text).filter(value -> value.stripTrailingZeros().scale() <= 0);
    }

    /** Of bytes, as the JVM writes them: in it a mega is a mebi. */
    static Optional<BigDecimal> heap(String text) {
        Matcher matcher = HEAP.matcher(text);
        return matcher.matches()
                ? parse(matcher.group(1) + matcher.group(2).toUpperCase(Locale.ROOT) + 'i')
                : Optional.empty();
    }

    private static Optional<BigDecimal> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String number = matcher.group(1).endsWith(".") ? matcher.group(1) + '0' : matcher.group(1);
        if (matcher.group(2) != null) {
            return Optional.of(new BigDecimal(number + matcher.group(2)));
        }
        String unit = matcher.group(3) == null ? "" : matcher.group(3);
        return Optional.of(new BigDecimal(number).multiply(factor(unit)));
    }

    private static BigDecimal factor(String unit) {
        if (unit.isEmpty()) {
            return BigDecimal.ONE;
        }
        int power = POWERS.indexOf(unit.charAt(0)) + 1;
        return unit.endsWith("i")
                ? new BigDecimal(KIBI).pow(power)
                : SMALL.getOrDefault(unit, BigDecimal.ONE.movePointRight(3 * power));
    }
}
