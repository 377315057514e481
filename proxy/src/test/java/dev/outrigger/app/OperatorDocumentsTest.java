package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.MonitoringSettings.Alert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What operators are told to look at, to run and to read is there. */
class OperatorDocumentsTest {
    private static final Pattern METRIC = Pattern.compile(
            "\\b(?:mcp|http|outrigger|upstream|circuit_breaker|rate_limit|latency|jvm|process)_[a-z0-9_]+\\b");
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^|`)(?:\\./)?outrigger ([a-z][a-z-]*)([^`\\n#]*)");
    private static final Pattern OPTION = Pattern.compile("(?<= )--?[a-z][a-z-]*");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)]*))?\\)");
    private static final Pattern ALERT = Pattern.compile("\\bOutrigger[A-Z]\\w+");
    private static final Pattern INDEX_ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (P\\d) \\| \\[[a-z-]+]\\(([a-z-]+\\.md)\\) \\|$");

    @Test
    void metricsAreDocumented() {
        Map<String, Set<String>> families = MetricsPage.families();
        OperatorDocuments.all().forEach((document, text) -> {
            Matcher metrics = METRIC.matcher(text);
            while (metrics.find()) {
                assertFalse(MetricsPage.labels(families, metrics.group()) == null, metrics.group() + " in " + document);
            }
        });
    }

    @Test
    void commandsAndTheirOptionsExist() {
        Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
        OperatorDocuments.all().forEach((document, text) -> {
            Matcher found = COMMAND.matcher(text);
            while (found.find()) {
                CommandLine command = commands.get(found.group(1));
                assertTrue(command != null, found.group() + " in " + document);
                String rest = found.group(2).replaceFirst("[|<>].*", "");
                Matcher options = OPTION.matcher(rest);
                while (options.find()) {
                    assertTrue(hasOption(command, rest, options.group()), found.group() + " in " + document);
                }
            }
        });
    }

    /** Of the command or of a command below it, whose name is then the first word. */
    private static boolean hasOption(CommandLine command, String rest, String option) {
        CommandLine inner = command.getSubcommands().get(rest.strip().split(" ")[0]);
        return (inner == null ? command : inner).getCommandSpec().findOption(option) != null;
    }

    @Test
    void linksLeadSomewhere() {
        OperatorDocuments.all().forEach((document, text) -> {
            Matcher links = LINK.matcher(text);
            while (links.find()) {
                if (links.group(1).contains("://")) {
                    continue;
                }
                Path target = links.group(1).isEmpty()
                        ? document
                        : document.resolveSibling(links.group(1)).normalize();
                assertTrue(Files.exists(target), links.group() + " in " + document);
                if (links.group(2) != null) {
                    assertTrue(anchors(target).contains(links.group(2)), links.group() + " in " + document);
                }
            }
        });
    }

    private static Set<String> anchors(Path document) {
        return MonitoringSettings.read(document)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void alertsAreTheRules() {
        Set<String> alerts =
                MonitoringSettings.alerts().stream().map(Alert::name).collect(Collectors.toSet());
        OperatorDocuments.all().forEach((document, text) -> {
            Matcher named = ALERT.matcher(text);
            while (named.find()) {
                assertTrue(alerts.contains(named.group()), named.group() + " in " + document);
            }
        });
    }

    @Test
    void theIndexOfRunbooksIsThatOfTheRules() {
        Set<String> index = new TreeSet<>();
        Matcher rows = INDEX_ROW.matcher(MonitoringSettings.read(OperatorDocuments.RUNBOOKS.resolve("README.md")));
        while (rows.find()) {
            index.add(String.join(" ", List.of(rows.group(1), rows.group(2), rows.group(3))));
        }
        Set<String> rules = MonitoringSettings.alerts().stream()
                .map(alert -> alert.name()
                        + ' '
                        + alert.severity()
                        + ' '
                        + alert.runbook().getFileName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(rules, index);
    }
}
