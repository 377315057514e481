package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.outrigger.app.MonitoringSettings.Alert;
import dev.outrigger.app.MonitoringSettings.Query;
import dev.outrigger.failure.Code;
import dev.outrigger.failure.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be said of rules, routes and dashboard without the tools that read them. */
class MonitoringSettingsTest {
    /** What is not the sidecar's, or made of its families by a rule. */
    private static final Pattern FOREIGN = Pattern.compile("up|outrigger:up|(kube|apiserver)_\\w+");
    /** Of the target, and of histograms. */
    private static final Set<String> LABELS_OF_ALL = Set.of("job", "instance", "namespace", "app", "le");

    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without|ignoring|group_left) \\(([^)]*)\\)");
    /** Groupings, ranges, and names of labels that are made up. */
    private static final Pattern NOT_SELECTORS = Pattern.compile(GROUPING + "|\\[[^]]*]|(?<![=~])\"\\w+\", ");

    private static final Pattern SELECTOR = Pattern.compile("([a-z][a-z0-9_:]*)(?:\\{([^}]*)\\})?(?![a-z0-9_:]| *\\()");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)");
    /** What is refused because of the caller. */
    private static final Set<Code> CALLERS_FAULTS =
            Set.of(Code.RATE_LIMITED, Code.NOT_ALLOWED, Code.TOO_LARGE, Code.MALFORMED);

    private static final Pattern LEFT_OUT =
            Pattern.compile("mcp_query_errors_total\\{.*error_type!~\"([^\"]*)\".*? / ");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");

    private final Map<String, Set<String>> documented = MetricsPage.families();

    @Test
    void thereAreRulesAndPanels() {
        assertTrue(MonitoringSettings.alerts().size() > 40);
        assertTrue(MonitoringSettings.panelQueries().size() > 50);
        assertEquals(
                MonitoringSettings.read(MonitoringSettings.RULES).split("      - (alert|record): ").length - 1,
                MonitoringSettings.ruleQueries().size(),
                "every rule is read");
    }

    @Test
    void queriesAskForDocumentedFamiliesByTheirLabels() {
        Stream.concat(MonitoringSettings.ruleQueries().stream(), MonitoringSettings.panelQueries().stream())
                .forEach(this::asksForWhatIsThere);
    }

    private void asksForWhatIsThere(Query query) {
        String where = query.where() + ": " + query.expression();
        Set<String> known = new HashSet<>(LABELS_OF_ALL);
        boolean foreign = false;
        Matcher selectors =
                SELECTOR.matcher(NOT_SELECTORS.matcher(query.expression()).replaceAll(""));
        List<String> families = new ArrayList<>();
        while (selectors.find()) {
            String family = selectors.group(1);
            if (OPERATORS.contains(family)) {
                continue;
            }
            families.add(family);
            if (FOREIGN.matcher(family).matches()) {
                foreign = true;
                continue;
            }
            Set<String> labels = MetricsPage.labels(documented, family);
            assertFalse(labels == null, family + " is not documented; " + where);
            known.addAll(labels);
            Matcher matchers = MATCHER.matcher(
                    selectors.group(2) == null ? "" : selectors.group(2).replaceAll("\"[^\"]*\"", ""));
            while (matchers.find()) {
                assertTrue(labels.contains(matchers.group(1)) || LABELS_OF_ALL.contains(matchers.group(1)), where);
            }
        }
        assertFalse(families.isEmpty(), where);
        Matcher groupings = GROUPING.matcher(query.expression());
        while (groupings.find() && !foreign) {
            for (String label : groupings.group(1).split(", ?")) {
                assertTrue(label.isEmpty() || known.contains(label), label + " in " + where);
            }
        }
    }

    @Test
    void sharesOfFailedCallsLeaveOutWhatCallersAreToBlameFor() {
        Set<String> callers = Arrays.stream(Reason.values())
                .filter(reason -> CALLERS_FAULTS.contains(reason.code()))
                .map(Reason::label)
                .collect(Collectors.toCollection(TreeSet::new));
        callers.add("tool_error");
        List<String> shares = Stream.concat(
                        Stream.concat(
                                        MonitoringSettings.ruleQueries().stream(),
                                        MonitoringSettings.panelQueries().stream())
                                .map(Query::expression),
                        OperatorDocuments.queries().stream())
                .filter(query -> query.contains("mcp_query_errors_total") && query.contains(" / "))
                .toList();
        assertEquals(4, shares.size(), "two alerts, the panel, and the first question of an incident");
        for (String share : shares) {
            Matcher leftOut = LEFT_OUT.matcher(share);
            assertTrue(leftOut.find(), share);
            assertEquals(callers, new TreeSet<>(List.of(leftOut.group(1).split("\\|"))), share);
        }
    }

    @Test
    void everyAlertHasASeverityAndARunbookThatSpeaksOfIt() {
        for (Alert alert : MonitoringSettings.alerts()) {
            assertTrue(Set.of("P1", "P2", "P3", "P4").contains(alert.severity()), alert.name());
            assertTrue(
                    MonitoringSettings.read(alert.runbook()).contains('`' + alert.name() + '`'),
                    alert.runbook() + " has no word of " + alert.name());
            assertTrue(alert.more().contains("          summary: '"), alert.name());
            assertTrue(alert.more().contains("          description: '"), alert.name());
        }
    }

    @Test
    void everyAlertIsTested() {
        Set<String> fires = new TreeSet<>();
        Matcher tested = Pattern.compile("alertname: (\\w+)\n        exp_alerts:")
                .matcher(MonitoringSettings.read(MonitoringSettings.RULE_TESTS));
        while (tested.find()) {
            fires.add(tested.group(1));
        }
        Set<String> alerts = new TreeSet<>();
        MonitoringSettings.alerts().forEach(alert -> alerts.add(alert.name()));
        assertEquals(alerts, fires);
    }

    @Test
    void inProductionAlertsTakeTheSameWays() {
        for (String section : List.of("route:", "inhibit_rules:")) {
            assertEquals(section(section, "alertmanager.yml"), section(section, "alertmanager.prod.yml"));
        }
    }

    /** What is indented below a key of the first level, without the comment of the next one. */
    private static List<String> section(String key, String file) {
        List<String> lines = MonitoringSettings.read(MonitoringSettings.DOCKER.resolve(Path.of("alertmanager", file)))
                .lines()
                .toList();
        List<String> section = lines.stream()
                .skip(lines.indexOf(key) + 1)
                .takeWhile(line -> line.startsWith(" "))
                .toList();
        assertTrue(lines.contains(key) && !section.isEmpty(), file);
        return section;
    }

    @Test
    void panelsLieBesideEachOtherAndAreExplained() {
        boolean[][] taken = new boolean[1000][24];
        Set<Integer> ids = new HashSet<>();
        for (Config panel : MonitoringSettings.panels()) {
            String title = panel.getString("title");
            assertTrue(ids.add(panel.getInt("id")), title);
            Config at = panel.getConfig("gridPos");
            for (int y = at.getInt("y"); y < at.getInt("y") + at.getInt("h"); y++) {
                for (int x = at.getInt("x"); x < at.getInt("x") + at.getInt("w"); x++) {
                    assertFalse(taken[y][x], title + " lies over another panel");
                    taken[y][x] = true;
                }
            }
            if (!panel.getString("type").equals("row")) {
                assertFalse(panel.getString("description").isBlank(), title);
                assertEquals("${datasource}", panel.getString("datasource.uid"), title);
            }
        }
    }

    @Test
    void everyVariableOfTheDashboardIsDeclared() {
        Set<String> declared = new HashSet<>(List.of("__rate_interval", "datasource"));
        MonitoringSettings.dashboard()
                .getConfigList("templating.list")
                .forEach(variable -> declared.add(variable.getString("name")));
        for (Query query : MonitoringSettings.panelQueries()) {
            Arrays.stream(query.expression().split("\\$"))
                    .skip(1)
                    .map(text -> text.replaceFirst("(?s)\\W.*", ""))
                    .forEach(name -> assertTrue(declared.contains(name), name + " in " + query.where()));
        }
    }
}
