package dev.outrigger.app;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The families of {@code docs/metrics.md}, of which another test makes sure that they are those that are exposed. */
final class MetricsPage {
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_]+)` \\| (?:counter|gauge|histogram|summary) \\| (.*?) ?\\| .+ \\|");

    private MetricsPage() {}

    /** Labels by family. */
    static Map<String, Set<String>> families() {
        Map<String, Set<String>> families = new HashMap<>();
        MonitoringSettings.read(Path.of("docs", "metrics.md")).lines().forEach(line -> {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                families.put(row.group(1), Set.of(row.group(2).replace("`", "").split(", ?")));
            }
        });
        return families;
    }

    /** The labels of a series, which may be a part of a histogram; null if there is no such family. */
    static @Nullable Set<String> labels(Map<String, Set<String>> families, String series) {
        Set<String> own = families.get(series);
        return own != null ? own : families.get(series.replaceFirst("_(bucket|count|sum)$", ""));
    }
}
