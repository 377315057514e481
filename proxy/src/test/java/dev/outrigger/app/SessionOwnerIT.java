package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import dev.outrigger.testing.Tools;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The reference server in three replicas, official clients with sessions there, and one replica that is killed: its sessions
 * are told to be over, so that their clients open others and carry on; nobody else notices.
 */
@RequiresTool({
    "node",
    "npm:@modelcontextprotocol/sdk",
    "npm:@modelcontextprotocol/client",
    "npm:@modelcontextprotocol/server-everything"
})
@Timeout(180)
class SessionOwnerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int REPLICAS = 3;
    /** Tells which replica it runs in. */
    private static final String TOOL = "get-env";

    private final List<ScenarioServer> replicas = new ArrayList<>();
    private RunningSidecar sidecar;

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < REPLICAS; i++) {
            replicas.add(
                    ScenarioServer.node(Map.of("REPLICA", Integer.toString(i)), "everything.mjs", "streamableHttp"));
        }
        List<Integer> ports = replicas.stream().map(ScenarioServer::port).toList();
        sidecar = RunningSidecar.beforeEndpoints(ports, "timeout = 15s", """
                upstreams.app {
                  load-balancer = round-robin
                  health-check { type = mcp, interval = 5s, timeout = 5s, unhealthy-after = 2 }
                }
                """);
    }

    @AfterEach
    void stop() {
        sidecar.close();
        replicas.forEach(ScenarioServer::close);
    }

    @Test
    void aTypeScriptClientOpensAnotherSessionAndCarriesOn() throws Exception {
        Process clients = new ProcessBuilder(
                        "node", "carrying-on.mjs", sidecar.uri("/mcp").toString())
                .directory(Tools.nodeDirectory().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader answers =
                new BufferedReader(new InputStreamReader(clients.getInputStream(), StandardCharsets.UTF_8))) {
            List<? extends Config> first = callAll(clients, answers);
            String dead = first.get(0).getString("replica");
            long held = first.stream()
                    .filter(call -> call.getString("replica").equals(dead))
                    .count();
            replicas.get(Integer.parseInt(dead)).close();
            // Their streams come back by themselves and are told first; their calls have to be told as well.
            sidecar.awaitAtLeast(held, "http_requests_total", "method=\"GET\"", "status=\"404\"");

            List<? extends Config> second = callAll(clients, answers);
            List<? extends Config> third = callAll(clients, answers);

            for (int i = 0; i < first.size(); i++) {
                Config before = first.get(i);
                Config after = second.get(i);
                boolean lost = before.getString("replica").equals(dead);
                assertEquals(lost, after.hasPath("lost"), after.toString());
                assertEquals(!lost, after.getString("session").equals(before.getString("session")));
                assertNotEquals(dead, after.getString("replica"));
                assertEquals(after.withoutPath("lost"), third.get(i), "it carries on");
            }
            int calls = 3 * first.size();
            assertEquals(calls, sidecar.metric("mcp_tool_execution_total", toolName(), "status=\"success\""));
            assertEquals(calls + held, sidecar.metric("mcp_tool_execution_total", toolName()), "each lost one twice");
            assertEquals(first.size(), sidecar.metric("mcp_sessions_active"));
        } finally {
            clients.destroyForcibly();
        }
    }

    private static List<? extends Config> callAll(Process clients, BufferedReader answers) throws IOException {
        clients.getOutputStream().write("call\n".getBytes(StandardCharsets.UTF_8));
        clients.getOutputStream().flush();
        String line = answers.readLine();
        assertFalse(line == null, "the clients have ended, see their error output");
        return ConfigFactory.parseString(line).getConfigList("calls");
    }

    private static String toolName() {
        return "tool_name=\"" + TOOL + '"';
    }

    /** It opens the other session by itself; calls fail that find the first one gone, or meet it while it does so. */
    @Test
    void aJavaClientOpensAnotherSessionAndCarriesOn() throws Exception {
        try (McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                sidecar.uri("").toString())
                        .endpoint("/mcp")
                        .build())
                .requestTimeout(Duration.ofSeconds(30))
                .build()) {
            client.initialize();
            String dead = replicaOf(client);
            assertEquals(
                    List.of(dead, dead),
                    IntStream.range(0, 2).mapToObj(i -> replicaOf(client)).toList());
            replicas.get(Integer.parseInt(dead)).close();

            Await.until("a call is answered again", DEADLINE, () -> isAnswered(client));
            String other = replicaOf(client);

            assertNotEquals(dead, other);
            assertEquals(other, replicaOf(client), "it has a session there");
        }
    }

    private static boolean isAnswered(McpSyncClient client) {
        try {
            return !replicaOf(client).isEmpty();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static String replicaOf(McpSyncClient client) {
        TextContent environment = (TextContent) client.callTool(
                        CallToolRequest.builder(TOOL).arguments(Map.of()).build())
                .content()
                .get(0);
        return ConfigFactory.parseString(environment.text()).getString("REPLICA");
    }
}
