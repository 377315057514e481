package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator turns on and off while everything runs; it lasts until the next reload. */
@Timeout(180)
class SwitchesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern TRACEPARENT = Pattern.compile("traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-(..)");
    private static final String FOREIGN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private ScriptedUpstream upstream;
    private SpanReceiver receiver;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws Exception {
        receiver = new SpanReceiver();
        upstream = new ScriptedUpstream(connection -> {
            seen.add(connection.readRequest());
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        });
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        receiver.close();
    }

    private Path logFile() {
        return directory.resolve("access.log");
    }

    private String body(String more) {
        return "upstreams.app { endpoints = [\"127.0.0.1:" + upstream.port() + "\"], health-check.type = none }\n"
                + "routes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]\n"
                + "telemetry.tracing { " + receiver.settings() + " }\n" + more;
    }

    private String withAccessLog() {
        return body("telemetry.access-log.path = \"" + logFile() + "\"\n");
    }

    private FileSidecar sidecar(String body) throws IOException {
        return new FileSidecar(directory, "auto").write(body).start();
    }

    private static void put(FileSidecar sidecar, String path, String body) {
        OpsClient.Reply reply = sidecar.admin().put(path, body);
        assertEquals(200, reply.status(), path + " " + body + ": " + reply.body());
    }

    /** One call; what the upstream got. */
    private String call(FileSidecar sidecar, String... headers) throws InterruptedException {
        assertEquals(200, sidecar.call("/mcp", headers).status());
        return seen.take();
    }

    private static void assertChanged(boolean expected, FileSidecar sidecar, String name) {
        assertEquals(expected, sidecar.config().getBoolean("state.switches." + name + ".changed"), name);
    }

    /** A real change: what was switched is as the file has it again. */
    private static void reload(FileSidecar sidecar, String body) throws IOException {
        sidecar.apply(body + "\ndefaults.route.timeout = 21s");
    }

    @Test
    void tracing() throws Exception {
        try (FileSidecar sidecar = sidecar(body(""))) {
            assertTrue(TRACEPARENT.matcher(call(sidecar)).find());
            assertChanged(false, sidecar, "tracing");
            Await.until("the span is exported", DEADLINE, () -> receiver.spans().size() == 1);

            put(sidecar, "/tracing", "off");
            assertFalse(call(sidecar).contains("traceparent"));
            assertTrue(call(sidecar, "traceparent: " + FOREIGN).contains("traceparent: " + FOREIGN), "passes as it is");
            assertChanged(true, sidecar, "tracing");
            assertFalse(sidecar.config().getBoolean("state.switches.tracing.enabled"));
            assertTrue(sidecar.config().getBoolean("outrigger.telemetry.tracing.enabled"), "the file's own word");

            put(sidecar, "/tracing", "on");
            assertTrue(TRACEPARENT.matcher(call(sidecar)).find());
            assertChanged(false, sidecar, "tracing");
            Await.until(
                    "the next span is exported",
                    DEADLINE,
                    () -> receiver.spans().size() >= 2);
            assertEquals(2, receiver.spans().size(), "and none of those in between");

            put(sidecar, "/tracing", "off");
            reload(sidecar, body(""));
            assertChanged(false, sidecar, "tracing");
            assertTrue(TRACEPARENT.matcher(call(sidecar)).find());
        }
    }

    @Test
    void sampling() throws Exception {
        try (FileSidecar sidecar = sidecar(body(""))) {
            assertEquals(1, flags(call(sidecar)));
            put(sidecar, "/tracing", "0%");
            assertEquals(0, flags(call(sidecar)));
            assertChanged(true, sidecar, "tracing");
            put(sidecar, "/tracing", "{\"enabled\":true,\"sample\":\"100%\"}");
            assertEquals(1, flags(call(sidecar)));
            put(sidecar, "/tracing", "0.0");
            assertEquals(0, flags(call(sidecar)));
            OpsClient.Reply now = sidecar.admin().get("/tracing");
            assertEquals(200, now.status());
            assertTrue(now.json().getBoolean("enabled"), now.body());
            assertTrue(now.json().hasPath("sample"), now.body());
            reload(sidecar, body(""));
            assertEquals(1, flags(call(sidecar)));
            Await.until(
                    "the sampled ones are exported",
                    DEADLINE,
                    () -> receiver.spans().size() >= 3);
            assertEquals(3, receiver.spans().size());
        }
    }

    private static int flags(String request) {
        Matcher header = TRACEPARENT.matcher(request);
        assertTrue(header.find(), request);
        return Integer.parseInt(header.group(3), 16) & 1;
    }

    @Test
    void metrics() throws Exception {
        try (FileSidecar sidecar = sidecar(body(""))) {
            call(sidecar);
            sidecar.await("the call is counted", () -> calls(sidecar) == 1);
            put(sidecar, "/metrics-collection", "off");
            call(sidecar);
            call(sidecar);
            assertChanged(true, sidecar, "metrics_collection");
            put(sidecar, "/metrics-collection", "{\"enabled\":true}");
            call(sidecar);
            sidecar.await("counting goes on", () -> calls(sidecar) >= 2);
            assertEquals(2, calls(sidecar), "without those in between");
            assertEquals(0, sidecar.metric("outrigger_exchanges_active"), "what is open now is right all the time");
            assertChanged(false, sidecar, "metrics_collection");
            put(sidecar, "/metrics-collection", "off");
            reload(sidecar, body(""));
            call(sidecar);
            sidecar.await("a reload brings the file's own", () -> calls(sidecar) == 3);
        }
    }

    private static double calls(FileSidecar sidecar) {
        return sidecar.metric("http_requests_total");
    }

    @Test
    void metricsThatTheFileTurnsOff() throws Exception {
        String off = body("telemetry.prometheus.enabled = false");
        try (FileSidecar sidecar = sidecar(off)) {
            call(sidecar);
            assertEquals(0, calls(sidecar));
            assertEquals(1, sidecar.metric("outrigger_build_info"));
            put(sidecar, "/metrics-collection", "on");
            assertChanged(true, sidecar, "metrics_collection");
            call(sidecar);
            sidecar.await("the call is counted", () -> calls(sidecar) == 1);
        }
    }

    @Test
    void accessLog() throws Exception {
        try (FileSidecar sidecar = sidecar(withAccessLog())) {
            call(sidecar, "X-Request-ID: r-1");
            awaitLine("r-1");
            put(sidecar, "/access-log", "off");
            call(sidecar, "X-Request-ID: r-2");
            assertChanged(true, sidecar, "access_log");
            put(sidecar, "/access-log", "on");
            call(sidecar, "X-Request-ID: r-3");
            awaitLine("r-3");
            put(sidecar, "/access-log", "off");
            reload(sidecar, withAccessLog());
            assertChanged(false, sidecar, "access_log");
            call(sidecar, "X-Request-ID: r-4");
            awaitLine("r-4");
            assertEquals(List.of("r-1", "r-3", "r-4"), loggedIds());
        }
    }

    /** Another file from a reload on; the old one stays as it was. */
    @Test
    void accessLogToAnotherFile() throws Exception {
        Path other = directory.resolve("other.log");
        try (FileSidecar sidecar = sidecar(withAccessLog())) {
            call(sidecar, "X-Request-ID: r-1");
            awaitLine("r-1");
            sidecar.apply(body("telemetry.access-log.path = \"" + other + "\""));
            call(sidecar, "X-Request-ID: r-2");
            Await.until(
                    "the other file has a line", DEADLINE, () -> idsIn(other).contains("r-2"));
            assertEquals(List.of("r-1"), loggedIds());
            OpsClient.Reply refused = sidecar.admin().put("/access-log", "maybe");
            assertEquals(400, refused.status(), refused.body());
            sidecar.apply(body(""));
            assertEquals(409, sidecar.admin().put("/access-log", "on").status(), "no path to write to");
            sidecar.applyWrong(body("telemetry.access-log.path = \"" + directory + "/nowhere/access.log\""));
        }
    }

    private void awaitLine(String id) {
        Await.until("the log has " + id, DEADLINE, () -> loggedIds().contains(id));
    }

    private List<String> loggedIds() {
        return idsIn(logFile());
    }

    private static List<String> idsIn(Path file) {
        try {
            Matcher ids = Pattern.compile("\"request_id\":\"([^\"]*)\"").matcher(Files.readString(file));
            return ids.results().map(id -> id.group(1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void logLevels() throws Exception {
        try (FileSidecar sidecar = sidecar(body(""))) {
            put(sidecar, "/logging", "error");
            assertTrue(sidecar.admin().get("/logging").body().contains("error"));
            assertChanged(true, sidecar, "logging");
            double good = sidecar.reloads("success");
            sidecar.write(body("defaults.route.timeout = 20s"));
            sidecar.awaitReloads("success", good + 1);
            assertChanged(false, sidecar, "logging");
            assertFalse(sidecar.admin().get("/logging").body().contains("error"));
            put(sidecar, "/logging", "{\"level\":\"info\"}");
            put(sidecar, "/logging", "{\"logger\":\"dev.outrigger.upstream\",\"level\":\"debug\"}");
            OpsClient.Reply levels = sidecar.admin().get("/logging");
            assertTrue(levels.body().contains("dev.outrigger.upstream"), levels.body());
            assertTrue(levels.body().contains("debug"), levels.body());
            assertChanged(true, sidecar, "logging");
            reload(sidecar, body(""));
            assertChanged(false, sidecar, "logging");
            assertFalse(sidecar.admin().get("/logging").body().contains("debug"));
        }
    }

    @Test
    void whatIsNoSwitchIsRefusedAndChangesNothing() throws Exception {
        List<List<String>> wrong = List.of(
                List.of("/tracing", "maybe"),
                List.of("/tracing", "120%"),
                List.of("/tracing", "-1"),
                List.of("/tracing", "{"),
                List.of("/tracing", "{\"enabled\":\"perhaps\"}"),
                List.of("/tracing", "{\"enabled\":true,\"sampel\":\"1%\"}"),
                List.of("/tracing", ""),
                List.of("/metrics-collection", "10%"),
                List.of("/metrics-collection", "{\"enabled\":1}"),
                List.of("/access-log", "7"),
                List.of("/logging", "loud"),
                List.of("/logging", "{\"logger\":\"com.other\",\"level\":\"debug\"}"),
                List.of("/logging", "{\"level\":7}"));
        try (FileSidecar sidecar = sidecar(withAccessLog())) {
            String before = sidecar.config().getConfig("state.switches").toString();
            for (List<String> each : wrong) {
                OpsClient.Reply reply = sidecar.admin().put(each.get(0), each.get(1));
                assertEquals(400, reply.status(), each + ": " + reply.body());
                assertTrue(reply.body().contains("expected"), each + ": " + reply.body());
            }
            assertEquals(before, sidecar.config().getConfig("state.switches").toString());
        }
    }
}
