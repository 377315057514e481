package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the environment decides, what it must not decide, and secrets that come from it. */
@Timeout(180)
class EnvironmentIT {
    private static final String SECRET = "s3cret-of-the-scraper-5d1f";

    private final EventLoopGroup loop = LoadClient.loop();
    private StubServer a;
    private StubServer b;

    @TempDir
    private Path directory;

    @BeforeEach
    void startUpstreams() {
        a = new StubServer(loop, "a");
        b = new StubServer(loop, "b");
    }

    @AfterEach
    void stopUpstreams() {
        a.close();
        b.close();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private FileSidecar sidecar() {
        return new FileSidecar(directory, "auto");
    }

    private String body() {
        return "upstreams.app { endpoints = [\"" + a.endpoint() + "\"], health-check.type = none }\n"
                + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]\n";
    }

    private static boolean isFrom(FileSidecar sidecar, String upstream) {
        return sidecar.call("/mcp").body().contains("\"from\":\"" + upstream + "\"");
    }

    /** In a process of its own, whose environment it is. */
    @Test
    void anOverrideBeatsTheFileAlsoAfterAReload() throws Exception {
        try (FileSidecar sidecar = sidecar().write(body())) {
            sidecar.startProcess(Map.of(
                    "OUTRIGGER_UPSTREAMS_APP_ENDPOINTS",
                    b.endpoint(),
                    "OUTRIGGER_ROUTES_0_TIMEOUT",
                    "23s",
                    "OUTRIGGER_DEFAULTS_UPSTREAM_POOL_CONNECT_TIMEOUT",
                    "7654ms"));
            assertTrue(isFrom(sidecar, "b"));
            sidecar.apply(body() + "service-name = other");
            assertTrue(isFrom(sidecar, "b"));
            String config = sidecar.admin().get("/config").body();
            assertTrue(config.contains("23s") && config.contains("7654ms"), config);
        }
    }

    @Test
    void listsAreSplitAtCommas() throws Exception {
        try (FileSidecar sidecar = sidecar().write(body())) {
            sidecar.start(Map.of("OUTRIGGER_UPSTREAMS_APP_ENDPOINTS", a.endpoint() + "," + b.endpoint()));
            sidecar.await("both get calls", () -> {
                sidecar.call("/mcp");
                return a.requests() > 0 && b.requests() > 0;
            });
        }
    }

    @Test
    void namesOfTheSystemsBeforeItAreHonouredBelowItsOwn() throws Exception {
        OpsClient moved = OpsClient.at(Ports.free());
        try (FileSidecar sidecar = sidecar().write(body())) {
            sidecar.start(Map.of(
                    "METRICS_SERVICE_HOST", "127.0.0.1",
                    "METRICS_SERVICE_PORT", "" + moved.port(),
                    "OTEL_SERVICE_NAME", "alias",
                    "OUTRIGGER_SERVICE_NAME", "own"));
            assertEquals(200, moved.get("/ready").status());
            assertFalse(sidecar.status().answers());
            assertEquals("own", sidecar.config().getString("outrigger.service-name"));
        }
    }

    @Test
    void aVariableThatNamesNoKeyIsRefused() throws Exception {
        sidecar().write(body());
        assertRefused(
                Map.of("OUTRIGGER_STATUS_BINDD", "127.0.0.1:1"), "OUTRIGGER_STATUS_BINDD", "OUTRIGGER_STATUS_BIND");
        assertRefused(
                Map.of("OUTRIGGER_ROUTES_0_TIMEOUT", "soon"),
                "environment variable OUTRIGGER_ROUTES_0_TIMEOUT",
                "soon");
        assertRefused(Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"), "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
        assertRefused(Map.of("METRICS_RETENTION_DAYS", "7"), "METRICS_RETENTION_DAYS", "is not supported yet");
    }

    private void assertRefused(Map<String, String> environment, String... told) throws Exception {
        StringWriter err = new StringWriter();
        ConfigSource source = ConfigSource.of(directory.resolve("outrigger.conf"), environment);
        assertEquals(ExitCode.USAGE, RunCommand.run(source, new PrintWriter(err)));
        assertTold(err.toString(), told);
    }

    private static void assertTold(String output, String... told) {
        for (String text : told) {
            assertTrue(output.contains(text), text + " in: " + output);
        }
    }

    @Test
    void theCommandsTakeTheEnvironmentOfTheirProcess() throws Exception {
        sidecar().write(body());
        String file = directory.resolve("outrigger.conf").toString();
        Map<String, String> environment =
                Map.of("OUTRIGGER_STATUS_BINDD", "127.0.0.1:1", "OUTRIGGER_ROUTES_0_TIMEOUT", "soon");
        for (String command : new String[] {"check", "run"}) {
            try (SidecarProcess process = SidecarProcess.start(directory, environment, command, "-c", file)) {
                assertEquals(ExitCode.USAGE, process.awaitExit(), process.output());
                assertTold(process.output(), "OUTRIGGER_STATUS_BINDD", "OUTRIGGER_ROUTES_0_TIMEOUT");
            }
        }
    }

    /** What the kubelet sets in a pod beside a service called outrigger and one called metrics. */
    @Test
    void serviceLinksOfKubernetesDoNoHarm() throws Exception {
        try (FileSidecar sidecar = sidecar().write(body())) {
            sidecar.start(Map.ofEntries(
                    Map.entry("OUTRIGGER_SERVICE_HOST", "10.0.0.7"),
                    Map.entry("OUTRIGGER_SERVICE_PORT", "15006"),
                    Map.entry("OUTRIGGER_SERVICE_PORT_INBOUND", "15006"),
                    Map.entry("OUTRIGGER_PORT", "tcp://10.0.0.7:15006"),
                    Map.entry("OUTRIGGER_PORT_15006_TCP", "tcp://10.0.0.7:15006"),
                    Map.entry("OUTRIGGER_PORT_15006_TCP_PROTO", "tcp"),
                    Map.entry("OUTRIGGER_PORT_15006_TCP_PORT", "15006"),
                    Map.entry("OUTRIGGER_PORT_15006_TCP_ADDR", "10.0.0.7"),
                    Map.entry("METRICS_SERVICE_HOST", "10.0.0.8"),
                    Map.entry("METRICS_SERVICE_PORT", "80"),
                    Map.entry("METRICS_PORT", "tcp://10.0.0.8:80"),
                    Map.entry("METRICS_PORT_80_TCP", "tcp://10.0.0.8:80"),
                    Map.entry("METRICS_PORT_80_TCP_PROTO", "tcp"),
                    Map.entry("METRICS_PORT_80_TCP_PORT", "80"),
                    Map.entry("METRICS_PORT_80_TCP_ADDR", "10.0.0.8")));
            assertTrue(isFrom(sidecar, "a"));
            assertEquals(200, sidecar.status().get("/ready").status(), "where the file has it");
        }
    }

    @Test
    void aSecretFromTheEnvironmentNeverShows() throws Exception {
        Map<String, String> environment =
                Map.of("METRICS_TOKEN", SECRET, "OTEL_EXPORTER_OTLP_HEADERS", "api-key=" + SECRET);
        try (FileSidecar sidecar = sidecar().write(body() + "telemetry.log-level = debug")) {
            sidecar.startProcess(environment);
            assertEquals(401, sidecar.status().get("/metrics").status());
            OpsClient scraper = sidecar.status().with(SECRET);
            assertEquals(1, scraper.metric("outrigger_build_info"));
            sidecar.write(body() + "telemetry.prometheus.quantile-window = 20s");
            OpsClient.Reply reloaded = sidecar.admin().post("/config/reload");
            sidecar.write(body() + "telemetry.prometheus.quantile-windo = 20s");
            OpsClient.Reply refused = sidecar.admin().post("/config/reload");
            assertEquals(422, refused.status());
            for (String text : new String[] {
                reloaded.body(),
                refused.body(),
                sidecar.admin().get("/config").body(),
                scraper.get("/metrics").body(),
                sidecar.output()
            }) {
                assertFalse(text.contains(SECRET), text);
            }
        }
        sidecar().write(body());
        String file = directory.resolve("outrigger.conf").toString();
        try (SidecarProcess check = SidecarProcess.start(directory, environment, "check", "-c", file)) {
            assertEquals(0, check.awaitExit(), check.output());
            assertFalse(check.output().contains(SECRET), check.output());
        }
        try (SidecarProcess check = SidecarProcess.start(directory, environment, "check", "--readiness", "-c", file)) {
            assertTrue(check.awaitExit() < 2, check.output());
            assertFalse(check.output().contains(SECRET), check.output());
        }
    }

    @Test
    void aSecretInTheFileIsRefusedWithoutRepeatingIt() throws Exception {
        sidecar().write(body() + "telemetry.prometheus.token = \"" + SECRET + "\"");
        String file = directory.resolve("outrigger.conf").toString();
        try (SidecarProcess check = SidecarProcess.start(directory, "check", "-c", file)) {
            assertEquals(2, check.awaitExit(), check.output());
            assertTrue(check.output().contains("token-file"), check.output());
            assertTrue(check.output().contains("METRICS_TOKEN"), check.output());
            assertFalse(check.output().contains(SECRET), check.output());
        }
    }
}
