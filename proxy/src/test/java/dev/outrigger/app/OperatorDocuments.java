package dev.outrigger.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents for those who run sidecars. */
final class OperatorDocuments {
    private static final Path DOCS = Path.of("docs").toAbsolutePath();
    static final Path RUNBOOKS = DOCS.resolve("runbooks");

    private static final List<String> NAMES =
            List.of("incident-response.md", "maintenance.md", "monitoring.md", "operations.md", "upgrading.md");
    private static final Pattern PROMQL = Pattern.compile("```promql\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern OPS_PATH =
            Pattern.compile("(?:localhost:(?:9465|15000)|(?:GET|POST|PUT|DELETE) )(/[a-z][a-z-]*)");

    private OperatorDocuments() {}

    /** Their texts. */
    static SortedMap<Path, String> all() {
        SortedMap<Path, String> texts = new TreeMap<>();
        NAMES.forEach(name -> texts.put(DOCS.resolve(name), MonitoringSettings.read(DOCS.resolve(name))));
        try (Stream<Path> runbooks = Files.list(RUNBOOKS)) {
            runbooks.forEach(runbook -> texts.put(runbook, MonitoringSettings.read(runbook)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    /** What they ask Prometheus, one question a line. */
    static List<String> queries() {
        List<String> queries = new ArrayList<>();
        for (String text : all().values()) {
            Matcher blocks = PROMQL.matcher(text);
            while (blocks.find()) {
                blocks.group(1)
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(queries::add);
            }
        }
        return queries;
    }

    /** The first parts of the paths that they ask the ports for. */
    static List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (String text : all().values()) {
            Matcher found = OPS_PATH.matcher(text);
            while (found.find()) {
                paths.add(found.group(1));
            }
        }
        return paths.stream().distinct().toList();
    }
}
