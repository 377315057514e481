package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.RequiresTool;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The official clients through the sidecar to a real server, with the configuration that operators are promised to be able
 * to use as it is.
 */
@RequiresTool("node")
class McpClientsIT {
    private static final Path PEERS = Path.of("src/test/node");
    private static final int SERVER_PORT = 18081;
    private static final URI SIDECAR = URI.create("http://127.0.0.1:18080");

    private ContractPorts ports;
    private Process server;
    private RunningSidecar sidecar;

    @BeforeEach
    void startServerAndSidecar() throws Exception {
        ports = ContractPorts.take();
        ProcessBuilder builder = new ProcessBuilder("node_modules/.bin/mcp-server-everything", "streamableHttp")
                .directory(PEERS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PORT", Integer.toString(SERVER_PORT));
        server = builder.start();
        Await.until("the MCP server listens", Duration.ofSeconds(30), () -> {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), SERVER_PORT)) {
                return probe.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        sidecar = RunningSidecar.start(ports.config("reverse.conf"));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        try {
            if (sidecar != null) {
                sidecar.close();
            }
            if (server != null) {
                // The next one takes the same port, and must not be mistaken for this one while it dies.
                server.destroyForcibly().waitFor();
            }
        } finally {
            ports.close();
        }
    }

    @Test
    void theTypeScriptClientWorks() throws Exception {
        Config seen = ConfigFactory.parseString(node("legacy-client.mjs", SIDECAR + "/mcp"));
        assertTrue(seen.getStringList("tools").contains("echo"));
        assertEquals(
                "Echo: through the sidecar", seen.getConfigList("echo").get(0).getString("text"));
        assertTrue(seen.getBoolean("session"));
        List<? extends Config> progress = seen.getConfigList("progress");
        assertEquals(4, progress.size());
        assertTrue(progress.stream().allMatch(p -> p.getBoolean("running")), "all while the call ran");
        long spread = progress.get(3).getLong("at") - progress.get(0).getLong("at");
        assertTrue(
                spread >= 500, "the server sends them a second apart; held back, they would come at once: " + spread);
        assertEquals(1, sidecar.metric("mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\""));
        assertEquals(1, sidecar.metric("mcp_tool_execution_total", "tool_name=\"trigger-long-running-operation\""));
    }

    @Test
    void theJavaClientWorks() throws Exception {
        List<Long> arrivals = new CopyOnWriteArrayList<>();
        try (McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder(SIDECAR.toString())
                        .endpoint("/mcp")
                        .build())
                .progressConsumer(progress -> arrivals.add(System.nanoTime()))
                .build()) {
            assertNotNull(client.initialize().serverInfo());
            assertTrue(client.listTools().tools().stream()
                    .anyMatch(tool -> tool.name().equals("echo")));
            McpSchema.CallToolResult echo = client.callTool(McpSchema.CallToolRequest.builder("echo")
                    .arguments(Map.of("message", "hi"))
                    .build());
            assertTrue(
                    echo.content().toString().contains("Echo: hi"),
                    echo.content().toString());
            client.callTool(McpSchema.CallToolRequest.builder("trigger-long-running-operation")
                    .arguments(Map.of("duration", 4, "steps", 4))
                    .progressToken("p-1")
                    .build());
            Await.until("all four have arrived", Duration.ofSeconds(10), () -> arrivals.size() == 4);
        }
        assertTrue(arrivals.get(3) - arrivals.get(0) >= 500_000_000L, "one at a time while the call ran");
        assertEquals(1, sidecar.metric("mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\""));
    }

    private static String node(String script, String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("node", script, argument)
                .directory(PEERS.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), script + " hangs");
            assertEquals(0, process.exitValue(), script + " failed: " + text);
            return text;
        }
    }
}
