package dev.outrigger.app;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of {@code /metrics}. */
final class Scrape {
    private Scrape() {}

    /**
     * The sum of all samples of a metric whose labels contain every one of the given parts.
     *
     * @param labels parts such as {@code status="error"}
     */
    static double sum(String text, String name, String... labels) {
        double sum = 0;
        Matcher samples = Pattern.compile("(?m)^" + Pattern.quote(name) + "(\\{[^}]*\\})? (\\S+)")
                .matcher(text);
        while (samples.find()) {
            String found = samples.group(1) == null ? "" : samples.group(1);
            boolean all = true;
            for (String label : labels) {
                all &= found.contains(label);
            }
            sum += all ? Double.parseDouble(samples.group(2)) : 0;
        }
        return sum;
    }
}
