package dev.outrigger.app;

import static dev.outrigger.app.MonitoringSettings.DOCKER;
import static dev.outrigger.app.MonitoringSettings.RULES;
import static dev.outrigger.app.MonitoringSettings.RULE_TESTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.outrigger.app.MonitoringSettings.Query;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The settings for Prometheus, Alertmanager and Grafana before the real Prometheus and its tools: nothing to complain about, and
 * no question without an answer.
 */
@RequiresTool({"prometheus", "promtool", "amtool"})
@Timeout(600)
class MonitoringIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** How often the demo is scraped, a second apart, before it is judged. */
    private static final int SCRAPES = Integer.getInteger("outrigger.monitoring.scrapes", 5);

    /** A group as Alertmanager makes them: of one alert for two servers, which have no annotation in common. */
    private static final String TWO_ALERTS = """
            {
              "status": "firing",
              "commonLabels": { "alertname": "OutriggerErrorsMany", "app": "mcp", "severity": "P1" },
              "commonAnnotations": {},
              "alerts": [
                { "status": "firing", "annotations": { "summary": "30% of the calls of a fail" } },
                { "status": "firing", "annotations": { "summary": "40% of the calls of b fail" } }
              ]
            }
            """;

    private static final Pattern TITLE = Pattern.compile("(?:description: &summary|title:) '(.*)'");

    private static final Pattern STATUS = Pattern.compile("status\\s+http://localhost:(\\d+)/metrics");

    private static final Pattern ADMIN = Pattern.compile("admin\\s+http://localhost:(\\d+)/");

    /** What has no answer at the demo, and why that is as it should be. */
    private static final Map<String, String> EMPTY_AT_THE_DEMO = Map.ofEntries(
            Map.entry("OutriggerMissing", "there is a sidecar"),
            Map.entry("OutriggerDnsFails", "its server is not found by name"),
            Map.entry("OutriggerToolBreakerOpen", "its tools have no breakers of their own"),
            Map.entry("OutriggerRateLimitExhausted", "it has no limits"),
            Map.entry("OutriggerConcurrencyExhausted", "it has no limits"),
            Map.entry("OutriggerConcurrencyNearLimit", "it has no limits"),
            Map.entry("OutriggerCertificateExpires", "it speaks no TLS"),
            Map.entry("OutriggerCertificateExpiresSoon", "it speaks no TLS"),
            Map.entry("OutriggerTlsToServerFails", "it speaks no TLS"),
            Map.entry("OutriggerShiftAborted", "no traffic is shifted"),
            Map.entry("OutriggerFlood", "nobody speaks HTTP/2"),
            Map.entry("OutriggerWebhookDown", "of kube-state-metrics"),
            Map.entry("OutriggerInjectionFails", "of the API server of Kubernetes"),
            Map.entry("OutriggerInjectionRefused", "of the API server of Kubernetes"),
            Map.entry("OutriggerInitFails", "of kube-state-metrics"),
            Map.entry("Refused A", "it has no limits"),
            Map.entry("Refused B", "it has no limits"),
            Map.entry("Calls left at once A", "it has no limits"),
            Map.entry("Concurrency A", "it has no limits"),
            Map.entry("Concurrency B", "it has no limits"),
            Map.entry("Concurrency C", "it has no limits"),
            Map.entry("Open streams and tunnels B", "nobody asks for a tunnel"),
            Map.entry("Open streams and tunnels C", "nobody speaks anything but HTTP"),
            Map.entry("Cache A", "its routes have no cache"));

    /** What has none at any sidecar: all else is answered by one that has what the demo lacks. */
    private static final List<String> EMPTY_EVERYWHERE = List.of(
            "OutriggerMissing",
            "OutriggerWebhookDown",
            "OutriggerInjectionFails",
            "OutriggerInjectionRefused",
            "OutriggerInitFails");

    @TempDir
    private Path directory;

    @Test
    void theRulesAndTheirTestsPass() throws Exception {
        assertTrue(run("promtool", "check", "rules", RULES.toString()).contains("SUCCESS"));
        assertTrue(run("promtool", "test", "rules", RULE_TESTS.toString()).contains("SUCCESS"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prometheus.yml", "prometheus.prod.yml"})
    void prometheusAcceptsItsSettings(String file) throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "secret");
        Path config = here(Path.of("prometheus", file), Map.of("/run/secrets/metrics_token", token.toString()));

        assertTrue(run("promtool", "check", "config", config.toString()).contains("1 rule files found"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alertmanager.yml", "alertmanager.prod.yml"})
    void alertmanagerAcceptsItsSettings(String file) throws Exception {
        assertTrue(run("amtool", "check-config", alertmanager(file)).contains("4 receivers"));
    }

    @ParameterizedTest
    @CsvSource({"P1, page", "P2, call", "P3, day", "P4, week"})
    void severitiesGoToTheirReceivers(String severity, String receiver) throws Exception {
        for (String file : List.of("alertmanager.yml", "alertmanager.prod.yml")) {
            String routed = run(
                    "amtool",
                    "config",
                    "routes",
                    "test",
                    "--config.file=" + alertmanager(file),
                    "severity=" + severity);
            assertEquals(receiver, routed.lines().reduce("", (first, last) -> last));
        }
    }

    @Test
    void aMessageAboutSeveralAlertsSaysWhatItIsAbout() throws Exception {
        Path templates = Files.createFile(directory.resolve("none.tmpl"));
        Path data = Files.writeString(directory.resolve("alerts.json"), TWO_ALERTS);
        List<String> told = new ArrayList<>();
        Matcher titles = TITLE.matcher(MonitoringSettings.read(Path.of(alertmanager("alertmanager.prod.yml"))));
        while (titles.find()) {
            told.add(run(
                            "amtool",
                            "template",
                            "render",
                            "--template.glob=" + templates,
                            "--template.text=" + titles.group(1),
                            "--template.data=" + data)
                    .strip());
        }
        String title = "OutriggerErrorsMany mcp: 30% of the calls of a fail (one of 2)";
        assertEquals(List.of(title, "P1 " + title), told);
    }

    private static String alertmanager(String file) {
        return DOCKER.resolve(Path.of("alertmanager", file)).toString();
    }

    @Test
    void everyQueryIsAnswered() throws Exception {
        try (SidecarProcess demo = SidecarProcess.start(directory, "demo")) {
            demo.awaitOutput("Ctrl-C stops everything.");
            int demoPort = statusPort(demo.output());
            try (PrometheusProcess prometheus = new PrometheusProcess(directory, scraping(demoPort))) {
                Await.until(
                        "the demo is scraped " + SCRAPES + " times",
                        DEADLINE.plusSeconds(2L * SCRAPES),
                        () -> prometheus.number("count_over_time(up{job=\"outrigger\"}[1h])") >= SCRAPES);
                awaitEmpty(prometheus, EMPTY_AT_THE_DEMO.keySet(), () -> {});
                assertEquals("", complaints(demoPort));
                assertTheDocumentsAskForWhatIsThere(prometheus, demo.output());
                try (MonitoredSidecar other = new MonitoredSidecar(directory)) {
                    scraping(demoPort, other.statusPort());
                    prometheus.reload();
                    awaitEmpty(prometheus, EMPTY_EVERYWHERE, other::call);
                }
                prometheus.rules().forEach(MonitoringIT::isHealthy);
                assertEquals(
                        0,
                        prometheus
                                .query("{__name__=~\".+\", exported_endpoint!=\"\"}")
                                .size());
            }
        }
    }

    /** Waits until all others have been answered, and these never. */
    private static void awaitEmpty(PrometheusProcess prometheus, Collection<String> expected, Runnable use) {
        List<Query> unanswered = Stream.concat(
                        MonitoringSettings.ruleQueries().stream(), MonitoringSettings.panelQueries().stream())
                .collect(Collectors.toCollection(ArrayList::new));
        try {
            Await.until("all others are answered", DEADLINE, () -> {
                use.run();
                unanswered.removeIf(query -> prometheus.answers(query.always()));
                return unanswered.size() <= expected.size();
            });
        } finally {
            assertEquals(
                    new TreeSet<>(expected),
                    unanswered.stream().map(Query::where).collect(Collectors.toCollection(TreeSet::new)),
                    "without an answer");
        }
    }

    /** Queries of the documents can be read by Prometheus, and what they ask of the ports is a path of theirs. */
    private static void assertTheDocumentsAskForWhatIsThere(PrometheusProcess prometheus, String demo) {
        OperatorDocuments.queries().forEach(prometheus::query);
        Matcher admin = ADMIN.matcher(demo);
        assertTrue(admin.find(), demo);
        String page = OpsClient.at(Integer.parseInt(admin.group(1))).get("/").body();
        for (String path : OperatorDocuments.paths()) {
            boolean isOfStatus = OpsClient.at(statusPort(demo)).get(path).status() != 404;
            assertTrue(isOfStatus || page.contains(' ' + path), path);
        }
    }

    private static void isHealthy(Config rule) {
        assertEquals("ok", rule.getString("health"), rule::toString);
        assertFalse(rule.hasPath("lastError"), rule::toString);
    }

    private static int statusPort(String output) {
        Matcher status = STATUS.matcher(output);
        assertTrue(status.find(), output);
        return Integer.parseInt(status.group(1));
    }

    /** The settings of Compose with other addresses, and scrapes that follow each other sooner. */
    private Path scraping(int... ports) throws IOException {
        String targets =
                Arrays.stream(ports).mapToObj(port -> "127.0.0.1:" + port).collect(Collectors.joining("', '"));
        return here(Path.of("prometheus", "prometheus.yml"), Map.of("outrigger:9465", targets, "15s", "1s"));
    }

    /** A file of settings with its rules where they are here. */
    private Path here(Path file, Map<String, String> replacements) throws IOException {
        String text =
                MonitoringSettings.read(DOCKER.resolve(file)).replace("/etc/prometheus/rules/*.yaml", RULES.toString());
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            text = text.replace(replacement.getKey(), replacement.getValue());
        }
        return Files.writeString(directory.resolve("prometheus.yml"), text);
    }

    /** What promtool has to say about a page of metrics. */
    private String complaints(int port) throws Exception {
        Path page = directory.resolve("page");
        try (var metrics =
                URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
            Files.copy(metrics, page);
        }
        return run(new ProcessBuilder("promtool", "check", "metrics").redirectInput(page.toFile()));
    }

    private static String run(String... command) throws Exception {
        return run(new ProcessBuilder(command));
    }

    /** Runs a tool that has to be content. */
    private static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }
}
