package dev.outrigger.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text of {@code /metrics}. */
final class Scrape {
    /** After this time the sidecar answers without the loops that have not told it what they counted. */
    private static final long LOOP_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A loop that is late each time is no longer the machine's fault. */
    private static final int LOOKS = 30;

    private Scrape() {}

    /**
     * The text of a scrape that is not without any loop. One that took long may be, where the machine is busy; then it says
     * nothing, and another look is taken.
     */
    static String whole(Callable<String> look) throws IOException, InterruptedException {
        String text = "";
        for (int i = 0; i < LOOKS; i++) {
            long startNanos = System.nanoTime();
            try {
                text = look.call();
            } catch (IOException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            if (System.nanoTime() - startNanos < LOOP_TIMEOUT_NANOS) {
                return text;
            }
        }
        return text;
    }

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
