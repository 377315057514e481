package dev.outrigger.inject;

import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import java.util.regex.Pattern;

/**
 * Which strings may stand in YAML without quotes: those that no reader of any version takes for something else. What begins
 * like a number is a number to some of them, as {@code 0o14} and {@code 12:30}.
 */
final class PlainStrings extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;

    private static final Pattern PLAIN = Pattern.compile("(?:--)?[A-Za-z_/].*", Pattern.DOTALL);

    @Override
    public boolean needToQuoteName(String name) {
        return !PLAIN.matcher(name).matches() || super.needToQuoteName(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
        return !PLAIN.matcher(value).matches() || super.needToQuoteValue(value);
    }
}
