package dev.outrigger.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Prometheus, Alertmanager and Grafana are given, read from where it is kept. The rules are read by their layout, which is
 * always the same, so that no reader of YAML is needed.
 */
final class MonitoringSettings {
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    static final Path FILES = REPOSITORY.resolve(Path.of("k8s-sidecar", "helm", "outrigger", "files"));
    static final Path RULES = FILES.resolve("alerts.yaml");
    static final Path DASHBOARD = FILES.resolve("overview.json");
    static final Path DOCKER = REPOSITORY.resolve("docker");
    static final Path RULE_TESTS = DOCKER.resolve(Path.of("prometheus", "alerts.test.yaml"));

    private static final Pattern RULE = Pattern.compile(
            "      - (?:alert|record): (?<name>\\S+)\\n        expr: (?<expr>>-\\n(?: {10}.*\\n)+|.*\\n)(?<more>(?: {8}.*\\n)*)");
    private static final Pattern COMPARISON = Pattern.compile("(==|[<>]) (?=\\d)");

    private MonitoringSettings() {}

    /**
     * A question to Prometheus.
     *
     * @param where the rule or panel that asks it
     * @param expression in PromQL; that of a panel with its variables
     */
    record Query(String where, String expression) {
        /** With conditions as figures, so that it is answered whether they hold or not, and variables filled in. */
        String always() {
            return COMPARISON
                    .matcher(expression)
                    .replaceAll("$1 bool ")
                    .replace("$__rate_interval", "20s")
                    .replaceAll("\\$(namespace|app|instance|tool)\\b", ".*");
        }
    }

    /**
     * An alert.
     *
     * @param more everything below its expression, as it stands in the file
     */
    record Alert(String name, String more) {
        String severity() {
            return only("severity: (\\S+)");
        }

        /** Below the repository. */
        Path runbook() {
            return REPOSITORY.resolve(only("runbook: (\\S+)"));
        }

        private String only(String pattern) {
            Matcher found = Pattern.compile(pattern).matcher(more);
            if (!found.find()) {
                throw new AssertionError(name + " has no " + pattern);
            }
            return found.group(1);
        }
    }

    static List<Query> ruleQueries() {
        List<Query> queries = new ArrayList<>();
        Matcher rules = RULE.matcher(read(RULES));
        while (rules.find()) {
            String expression = rules.group("expr").replaceFirst("^>-\\n", "").strip();
            queries.add(new Query(rules.group("name"), expression.replaceAll("\\s*\\n\\s*", " ")));
        }
        return queries;
    }

    static List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        Matcher rules = RULE.matcher(read(RULES));
        while (rules.find()) {
            if (rules.group().contains("- alert: ")) {
                alerts.add(new Alert(rules.group("name"), rules.group("more")));
            }
        }
        return alerts;
    }

    static List<Query> panelQueries() {
        List<Query> queries = new ArrayList<>();
        for (Config panel : panels()) {
            if (panel.hasPath("targets")) {
                for (Config target : panel.getConfigList("targets")) {
                    queries.add(new Query(
                            panel.getString("title") + ' ' + target.getString("refId"), target.getString("expr")));
                }
            }
        }
        return queries;
    }

    static List<? extends Config> panels() {
        return dashboard().getConfigList("panels");
    }

    static Config dashboard() {
        return ConfigFactory.parseFile(DASHBOARD.toFile());
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
