package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a mixed run of every scenario, each request and notification of the clients has been counted, and once. */
@RequiresTool({
    "node",
    "npm:@modelcontextprotocol/client",
    "npm:@modelcontextprotocol/sdk",
    "npm:@modelcontextprotocol/server",
    "npm:@modelcontextprotocol/server-everything"
})
class SdkCountsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern OPERATIONS =
            Pattern.compile("(?m)^mcp_server_operation_duration_seconds_count\\{([^}]*)\\} (\\S+)");
    private static final Pattern METHOD = Pattern.compile("mcp_method_name=\"([^\"]*)\"");
    private static final Pattern TOOL = Pattern.compile("gen_ai_tool_name=\"([^\"]*)\"");

    private static final List<String> PLAIN = List.of(
            "resources", "prompts", "completion", "progress", "elicitation", "sampling", "cancellation", "logging");
    private static final List<String> SESSIONS = with(
            PLAIN,
            "initialize",
            "subscriptions",
            "resumptionAfterTheServerClosed",
            "resumptionAfterACut",
            "resumptionByAnotherClient",
            "leaving",
            "deletion");
    private static final List<String> MODERN =
            with(PLAIN, "discover", "subscriptions", "subscriptionsEndedByTheServer", "inputRequired", "refusals");
    /** Its server asks some seconds after it was initialized, and loses the question if the client does not listen by then. */
    private static final String ROOTS = "roots";

    private static final List<String> REFERENCE = List.of(
            "initialize",
            "resources",
            "prompts",
            "completion",
            "progress",
            ROOTS,
            "sampling",
            "elicitation",
            "subscriptions");
    private static final List<String> JAVA = List.of(
            "initialize", "resources", "prompts", "completion", "progress", "logging", "questions", "subscriptions");

    @Test
    void everyRequestAndNotificationIsCountedOnceByMethodAndTool(@TempDir Path directory) throws Exception {
        try (ScenarioServer everything = ScenarioServer.node("everything.mjs", "streamableHttp");
                ScenarioServer sse = ScenarioServer.node("everything.mjs", "sse");
                ScenarioServer v1 = ScenarioServer.node("v1-server.mjs");
                ScenarioServer v2 = ScenarioServer.node("v2-server.mjs");
                ScenarioServer java = new SdkJavaServer(directory);
                RunningSidecar sidecar = sidecar(everything.port(), sse.port(), v1.port(), v2.port(), java.port());
                Tap tap = new Tap(sidecar.inbound().getPort())) {
            play(tap.port());
            SdkExpectedCounts expected = new SdkExpectedCounts(WireParser.parse(tap.end()));
            Map<String, Integer> operations = expected.operations();
            await(() -> counted(sidecar).equals(operations));
            awaitMetric("mcp_streams_active", 0, sidecar);
            awaitMetric("mcp_sessions_active", expected.sessions(), sidecar);
            assertAll(
                    () -> assertEquals(lines(operations), lines(counted(sidecar))),
                    () -> assertEquals(0, sidecar.metric("mcp_streams_active"), "streams"),
                    () -> assertEquals(expected.sessions(), sidecar.metric("mcp_sessions_active"), "sessions"));
        }
    }

    /** The tools first and one client after the other, so that every list is known before anything else is called. */
    private static void play(int port) throws Exception {
        List<Player> players = List.of(
                new Player(ScenarioClient.node("everything-client.mjs"), "/mcp", with(REFERENCE, "tasks")),
                new Player(ScenarioClient.node("everything-client.mjs"), "/sse", REFERENCE),
                new Player(ScenarioClient.node("v1-client.mjs"), "/v1/mcp", with(SESSIONS, "batch", "malformed")),
                new Player(ScenarioClient.node("v1-client.mjs"), "/v1/json", List.of("batch", "resources")),
                new Player(ScenarioClient.node("v1-client.mjs"), "/v1/stateless", List.of("prompts")),
                new Player(ScenarioClient.node("v2-legacy-client.mjs"), "/v2/mcp", SESSIONS),
                new Player(ScenarioClient.node("v2-legacy-client.mjs"), "/v1/mcp", List.of("fallback")),
                new Player(ScenarioClient.node("v2-modern-client.mjs"), "/v2/mcp", MODERN),
                new Player(new SdkJavaClient(), SdkJavaServer.STREAMABLE, JAVA),
                new Player(new SdkJavaClient(), SdkJavaServer.SSE, JAVA));
        ExecutorService threads = Executors.newFixedThreadPool(players.size());
        try {
            for (Player player : players) {
                player.play("tools", port);
                if (player.scenarios().contains(ROOTS)) {
                    player.play(ROOTS, port);
                }
            }
            List<Future<?>> playing = new ArrayList<>();
            for (Player player : players) {
                playing.add(threads.submit(() -> {
                    for (String scenario : player.scenarios()) {
                        if (!scenario.equals(ROOTS)) {
                            player.play(scenario, port);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : playing) {
                each.get();
            }
        } finally {
            players.forEach(player -> player.client().close());
            threads.shutdownNow();
        }
    }

    private static RunningSidecar sidecar(int everything, int sse, int v1, int v2, int java) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams {
                    everything { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                    sse { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                    v1 { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                    v2 { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                    java { endpoints = ["127.0.0.1:%d"], health-check.type = none }
                  }
                  routes = [
                    { name = everything, match { path-prefix = "/mcp" }, upstream = everything }
                    { name = sse, match { path-prefix = "/sse" }, upstream = sse }
                    { name = message, match { path-prefix = "/message" }, upstream = sse }
                    { name = v1, match { path-prefix = "/v1" }, upstream = v1 }
                    { name = v2, match { path-prefix = "/v2" }, upstream = v2 }
                    { name = java, match { path-prefix = "/java" }, upstream = java }
                  ]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 5s
                  runtime.workers = 2
                }
                """.formatted(everything, sse, v1, v2, java));
    }

    private static void awaitMetric(String name, int value, RunningSidecar sidecar) {
        await(() -> metric(sidecar, name) == value);
    }

    /** What clients left behind may take its time. If it never comes right, the assertion that follows says what is wrong. */
    private static void await(BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
        Await.until(
                "it is right or the time is up",
                DEADLINE.multipliedBy(2),
                () -> condition.getAsBoolean() || System.nanoTime() > deadlineNanos);
    }

    private static Map<String, Integer> counted(RunningSidecar sidecar) {
        Map<String, Integer> counts = new TreeMap<>();
        Matcher samples = OPERATIONS.matcher(scrape(sidecar));
        while (samples.find()) {
            String labels = samples.group(1);
            String operation = label(METHOD, labels) + ' ' + label(TOOL, labels);
            counts.merge(operation, (int) Double.parseDouble(samples.group(2)), Integer::sum);
        }
        return counts;
    }

    private static String label(Pattern label, String labels) {
        Matcher found = label.matcher(labels);
        return found.find() ? found.group(1) : "";
    }

    private static String scrape(RunningSidecar sidecar) {
        try {
            HttpResponse<String> answer = sidecar.status("/metrics");
            assertEquals(200, answer.statusCode());
            return answer.body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static double metric(RunningSidecar sidecar, String name) {
        try {
            return sidecar.metric(name);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String lines(Map<String, Integer> counts) {
        return counts.toString().replace(", ", "\n");
    }

    private static List<String> with(List<String> scenarios, String... more) {
        List<String> all = new ArrayList<>(scenarios);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    /** One client, where it calls and what it plays there. */
    private record Player(ScenarioClient client, String path, List<String> scenarios) {
        void play(String scenario, int port) throws Exception {
            client.run(scenario, ScenarioProof.uri(port, path));
        }
    }
}
