package dev.outrigger.config.readiness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.readiness.Surroundings.SecretFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReadinessChecklistTest {
    private static final Path PRODUCTION = Path.of("..", "proxy", "docs", "examples", "production.conf");
    private static final Path TOKEN = Path.of("/run/secrets/outrigger/metrics-token");
    private static final long MEBIBYTE = 1 << 20;
    private static final Set<String> FAMILIES = Set.of(
            "http_requests_total",
            "http_request_duration_seconds",
            "mcp_tool_execution_total",
            "mcp_query_errors_total",
            "mcp_servers_connected",
            "circuit_breaker_state",
            "upstream_endpoint_healthy",
            "upstream_pending",
            "outrigger_downstream_connections_refused_total",
            "outrigger_config_last_reload_successful",
            "outrigger_telemetry_dropped_total");

    private static final String BASE = """
            outrigger {
              listeners.in.bind = "127.0.0.1:1"
              upstreams.app.endpoints = ["127.0.0.1:2"]
              routes = [{ name = all, upstream = app }]
              telemetry.tracing { otlp-endpoint = "http://otel:4317", sample = 5% }
              telemetry.prometheus.token-file = "/run/secrets/outrigger/metrics-token"
              lifecycle.drain-timeout = 25s
            }
            """;

    @Test
    void theProductionExampleHasNoFailureAndAGoodScore() {
        ProxyConfig config = assertInstanceOf(Loaded.class, new ConfigLoader(Map.of()).load(PRODUCTION))
                .config();

        ReadinessReport report = ReadinessChecklist.of(config, surroundings(SecretFile.PRIVATE));

        assertEquals(0, report.count(Grade.FAIL), report::toString);
        assertTrue(report.score() >= 90, report::toString);
        assertTrue(
                ReadinessChecklist.of(config, surroundings(SecretFile.MISSING)).isReady());
    }

    @Test
    void aConfigurationWithoutABadHabitIsOnlyWarnedThatItsRatesAreFree() {
        ReadinessReport report = ReadinessChecklist.of(config(BASE), surroundings(SecretFile.PRIVATE));

        assertEquals(List.of("rate-limit"), ids(report, Grade.WARN), report::toString);
        assertEquals(List.of(), ids(report, Grade.FAIL), report::toString);
    }

    @Test
    void aLimitThatRefusesIsOne() {
        String limit =
                BASE + "outrigger.routes = [{ upstream = app, rate-limit { rate = 9, per = 1s, shadow = SHADOW } }]";
        assertEquals(
                List.of(),
                ids(
                        ReadinessChecklist.of(config(limit.replace("SHADOW", "off")), surroundings(SecretFile.PRIVATE)),
                        Grade.WARN));
        assertEquals(
                List.of("rate-limit"),
                ids(
                        ReadinessChecklist.of(config(limit.replace("SHADOW", "on")), surroundings(SecretFile.PRIVATE)),
                        Grade.WARN));
    }

    @Test
    void connectionsOverTheNetworkThatAreSecuredAreFine() {
        ReadinessReport report = ReadinessChecklist.of(config(BASE + """
                        outrigger {
                          listeners.in {
                            bind = "[::]:1", tls.certificates = [{ certificate-file = tls.crt, key-file = tls.key }]
                          }
                          upstreams.app { endpoints = ["10.0.0.1:2"], tls {} }
                        }
                        """), surroundings(SecretFile.PRIVATE));

        assertFalse(ids(report, Grade.WARN).contains("listener-tls"), report::toString);
        assertFalse(ids(report, Grade.WARN).contains("upstream-tls"), report::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "admin.bind = \"0.0.0.0:15000\"             | admin            | FAIL",
                "admin.bind = \"[::1]:15000\"               | admin            | PASS",
                "status.bind = \"localhost:9465\"           | status           | WARN",
                "telemetry.prometheus.token-file = \"\"     | metrics-access   | WARN",
                "listeners.in.bind = \"[::]:1\"             | listener-tls     | WARN",
                "upstreams.app.endpoints = [\"10.0.0.1:2\"] | upstream-tls     | WARN",
                "upstreams.app { endpoints = [\"10.0.0.1:2\"], tls.verify-name = off } | upstream-tls | WARN",
                "upstreams.app.endpoints = [\"10.0.0.1:2\"] | redundancy       | PASS",
                "listeners.in.max-connections = 100000      | listener-limits  | WARN",
                "listeners.in.max-header-bytes = 1MiB       | listener-limits  | WARN",
                "listeners.in.max-headers = 5000            | listener-limits  | WARN",
                "listeners.in.request-head-timeout = 2m     | listener-limits  | WARN",
                "mcp.scan-limit = 64MiB                     | message-limits   | WARN",
                "upstreams.app.pool.max-pending = 20000     | upstream-limits  | WARN",
                "upstreams.app.pool.max-connections = 20000 | upstream-limits  | WARN",
                "defaults.route.timeout = 20s               | timeouts         | PASS",
                "defaults.route.timeout = 60s               | timeouts         | WARN",
                "defaults.route.tools.slow { timeout = 2m } | timeouts         | WARN",
                "upstreams.app.pool.connect-timeout = 15s   | connect-timeouts | WARN",
                "upstreams.app.pool.idle-timeout = 5s       | idle-connections | WARN",
                "upstreams.app.breaker.consecutive-failures = 1  | breakers    | WARN",
                "upstreams.app.breaker.consecutive-failures = 51 | breakers    | WARN",
                "upstreams.app.breaker.open-for = 6m        | breakers         | WARN",
                "upstreams.app.health-check.type = none     | health-checks    | WARN",
                "telemetry.prometheus.enabled = false       | metrics          | FAIL",
                "telemetry.tracing.otlp-endpoint = \"\"     | tracing          | WARN",
                "telemetry.tracing.enabled = false          | tracing          | WARN",
                "telemetry.tracing.sample = 100%            | sampling         | WARN",
                "telemetry.tracing.sample = 0%              | sampling         | PASS",
                "telemetry.log-level = debug                | log-level        | WARN",
                "lifecycle.drain-timeout = 30s              | drain            | WARN",
                "lifecycle.drain-timeout = 0s               | drain            | WARN",
                "lifecycle.warm-up = false                  | warm-up          | WARN",
            })
    void aBadHabitIsFound(String setting, String id, Grade grade) {
        ReadinessReport report =
                ReadinessChecklist.of(config(BASE + "outrigger." + setting), surroundings(SecretFile.PRIVATE));

        assertEquals(grade, item(report, id).grade(), report::toString);
        if (grade != Grade.PASS) {
            assertFalse(item(report, id).advice().isEmpty());
        }
    }

    @Test
    void anAdminPortForEverybodyIsFineWithAToken() {
        ProxyConfig config =
                config(BASE + "outrigger.admin { bind = \"0.0.0.0:15000\", token-file = \"" + TOKEN + "\" }");

        assertEquals(
                Grade.PASS,
                item(ReadinessChecklist.of(config, surroundings(SecretFile.PRIVATE)), "admin")
                        .grade());
    }

    @ParameterizedTest
    @CsvSource({"MISSING, WARN", "UNREADABLE, FAIL", "PRIVATE, PASS", "PUBLIC, WARN"})
    void secretsBelongInFilesThatNotEverybodyReads(SecretFile access, Grade grade) {
        ReadinessItem item = item(ReadinessChecklist.of(config(BASE), surroundings(access)), "secrets");

        assertEquals(grade, item.grade(), item::toString);
        assertEquals(grade != Grade.PASS, item.finding().contains(TOKEN.toString()), item::toString);
    }

    @ParameterizedTest
    @CsvSource({"0, WARN", "250, FAIL", "280, WARN", "400, PASS"})
    void memoryFitsIntoTheContainersLimitWithRoomToSpare(long limitMebibytes, Grade grade) {
        OptionalLong limit = limitMebibytes == 0 ? OptionalLong.empty() : OptionalLong.of(limitMebibytes * MEBIBYTE);

        assertEquals(
                grade,
                item(ReadinessChecklist.of(config(BASE), surroundings(limit)), "memory")
                        .grade());
    }

    @Test
    void whatAlertsNeedHasToBeThere() {
        Set<String> families = new HashSet<>(FAMILIES);
        families.remove("circuit_breaker_state");
        Surroundings complete = surroundings(SecretFile.PRIVATE);
        Surroundings without = new Surroundings(
                complete.maxHeapBytes(),
                complete.maxDirectBytes(),
                complete.memoryLimitBytes(),
                true,
                complete.secretFiles(),
                false,
                families);

        ReadinessReport report = ReadinessChecklist.of(config(BASE), without);

        assertTrue(item(report, "metrics").finding().contains("circuit_breaker_state"), report::toString);
        assertEquals(List.of("metrics", "access-log"), ids(report, Grade.FAIL));
        assertEquals(List.of("user", "rate-limit"), ids(report, Grade.WARN));
    }

    @Test
    void theReportIsALineForEachItemAndTheScore() {
        ReadinessReport report = new ReadinessReport(List.of(
                ReadinessItem.pass("a", "first", "good"),
                ReadinessItem.warn("b", "second", "bad", "mend it"),
                ReadinessItem.fail("c", "third", "worse", "mend it now")));

        assertEquals("""
                PASS  first: good
                WARN  second: bad; mend it
                FAIL  third: worse; mend it now
                score 50/100: 1 passed, 1 warning, 1 failed""", report.toString());
        assertFalse(report.isReady());
    }

    @Test
    void idsAreDistinct() {
        List<String> ids = ReadinessChecklist.of(config(BASE), surroundings(SecretFile.PRIVATE)).items().stream()
                .map(ReadinessItem::id)
                .toList();

        assertEquals(ids.size(), new HashSet<>(ids).size(), ids::toString);
    }

    private static List<String> ids(ReadinessReport report, Grade grade) {
        return report.items().stream()
                .filter(item -> item.grade() == grade)
                .map(ReadinessItem::id)
                .toList();
    }

    private static ReadinessItem item(ReadinessReport report, String id) {
        return report.items().stream()
                .filter(item -> item.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no item " + id));
    }

    private static Surroundings surroundings(SecretFile token) {
        return new Surroundings(
                128 * MEBIBYTE,
                64 * MEBIBYTE,
                OptionalLong.of(400 * MEBIBYTE),
                false,
                Map.of(TOKEN, token),
                true,
                FAMILIES);
    }

    private static Surroundings surroundings(OptionalLong limit) {
        return new Surroundings(
                128 * MEBIBYTE, 64 * MEBIBYTE, limit, false, Map.of(TOKEN, SecretFile.PRIVATE), true, FAMILIES);
    }

    private static ProxyConfig config(String hocon) {
        return assertInstanceOf(Loaded.class, new ConfigLoader(Map.of()).loadString("test.conf", hocon))
                .config();
    }
}
