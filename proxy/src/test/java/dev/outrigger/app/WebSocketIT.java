package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.RequiresTool;
import dev.outrigger.testing.Tools;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A WebSocket client and a WebSocket server of others, with the sidecar between them as it is by default. */
@RequiresTool({"node", "npm:ws"})
class WebSocketIT {
    private ScenarioServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScenarioServer.node("websocket-server.mjs");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Value of {@code runtime.transport}. */
    String transport() {
        return "auto";
    }

    private RunningSidecar before(int port, String route, String... more) throws Exception {
        return RunningSidecar.beforeWithRoute(
                port, route, "runtime.transport = " + transport(), String.join("\n", more));
    }

    @ParameterizedTest
    @ValueSource(strings = {"echoes", "pings", "closes", "loses", "many"})
    void isNotThereForEither(String scenario) throws Exception {
        try (RunningSidecar sidecar = before(server.port(), "")) {
            play(sidecar, scenario);
            sidecar.awaitMetric(0, "outrigger_tunnels_active", "kind=\"websocket\"");
            assertTrue(sidecar.metric("outrigger_tunnels_total", "kind=\"websocket\"") >= 1);
        }
    }

    @Test
    void passesCompressedMessages() throws Exception {
        try (ScenarioServer compressing = ScenarioServer.node("websocket-server.mjs", "compress");
                RunningSidecar sidecar = before(compressing.port(), "")) {
            play(sidecar, "echoes");
        }
    }

    @Test
    void reachesAnotherSidecarBehindTheFirst() throws Exception {
        try (RunningSidecar inner = before(server.port(), "");
                RunningSidecar outer = before(inner.inbound().getPort(), "")) {
            play(outer, "many");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"echoes", "closes", "loses", "many"})
    void isCarriedByStreamsBetweenSidecarsThatSpeakHttp2(String scenario) throws Exception {
        try (RunningSidecar inner = before(server.port(), "");
                RunningSidecar outer = before(inner.inbound().getPort(), "", "upstreams.app.protocol = http2")) {
            play(outer, scenario);
            assertTrue(inner.metric("outrigger_http2_streams_total") >= 1);
            inner.awaitMetric(0, "outrigger_tunnels_active");
            outer.awaitMetric(0, "outrigger_tunnels_active");
        }
    }

    @Test
    void isAnOrdinaryRequestWhereTheRouteHasNoUpgrades() throws Exception {
        try (RunningSidecar sidecar = before(server.port(), "upgrades = []")) {
            play(sidecar, "refused");
        }
    }

    private static void play(RunningSidecar sidecar, String scenario) throws Exception {
        String url = "ws://127.0.0.1:" + sidecar.inbound().getPort() + "/room";
        Process client = new ProcessBuilder("node", "websocket-client.mjs", url, scenario)
                .directory(Tools.nodeDirectory().toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(client.waitFor(60, TimeUnit.SECONDS), output);
            assertEquals(0, client.exitValue(), output);
        } finally {
            client.destroyForcibly();
        }
    }
}
