package dev.outrigger.config.load;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shares of a whole as text: {@code 25%} or {@code 0.25}. */
public final class Shares {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,15})?)\\s*(%?)");

    private Shares() {}

    /** The share, 0 to 1, or null if the text is none. */
    public static @Nullable Double parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return null;
        }
        BigDecimal number = new BigDecimal(form.group(1));
        BigDecimal share = form.group(2).isEmpty() ? number : number.movePointLeft(2);
        return share.compareTo(BigDecimal.ONE) <= 0 ? share.doubleValue() : null;
    }

    /** As a percentage. */
    public static String format(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }
}
