package dev.outrigger.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sidecar's metrics at one moment.
 *
 * @param text as {@code /metrics} shows them
 */
record Scrape(String text) {
    /**
     * The sum of all samples of a metric whose labels contain every one of the given parts.
     *
     * @param labels parts such as {@code status="200"}
     */
    long sum(String name, String... labels) {
        double sum = 0;
        Matcher samples = samples(name);
        while (samples.find()) {
            String found = samples.group(1) == null ? "" : samples.group(1);
            boolean all = true;
            for (String label : labels) {
                all &= found.contains(label);
            }
            sum += all ? Double.parseDouble(samples.group(2)) : 0;
        }
        return Math.round(sum);
    }

    /** The sums of a metric by the values of a label, without those that are 0. */
    Map<String, Long> by(String label, String name) {
        Map<String, Long> sums = new TreeMap<>();
        Pattern value = Pattern.compile("[{,]" + Pattern.quote(label) + "=\"([^\"]*)\"");
        Matcher samples = samples(name);
        while (samples.find()) {
            Matcher found = value.matcher(samples.group(1) == null ? "" : samples.group(1));
            long count = Math.round(Double.parseDouble(samples.group(2)));
            if (found.find() && count != 0) {
                sums.merge(found.group(1), count, Long::sum);
            }
        }
        return sums;
    }

    private Matcher samples(String name) {
        return Pattern.compile("(?m)^" + Pattern.quote(name) + "(\\{[^}]*\\})? (\\S+)")
                .matcher(text);
    }
}
