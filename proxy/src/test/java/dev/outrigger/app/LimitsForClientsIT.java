package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the official Java client makes of limits and of forbidden tools, with the official server behind. */
class LimitsForClientsIT {
    private static final String ROUTE = """
            tools {
              fail { allow = false }
              echo { rate-limit { rate = 2, per = 1h } }
            }
            hide-denied = true
            concurrency-limit { max = 2, queue = 2 }
            """;

    @TempDir
    private Path directory;

    @Test
    void aRefusalIsATypedErrorAndTheSessionGoesOn() throws Exception {
        try (SdkJavaServer server = new SdkJavaServer(directory);
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(server.port(), ROUTE);
                McpSyncClient client = connect(sidecar)) {
            client.initialize();
            List<String> tools =
                    client.listTools().tools().stream().map(Tool::name).toList();
            assertTrue(tools.contains("echo"), tools.toString());
            assertFalse(tools.contains("fail"), tools.toString());

            assertEquals(10006, refusal(client, "fail"));
            echo(client);
            echo(client);
            assertEquals(10004, refusal(client, "echo"));
            client.ping();
            assertNotEquals(0, client.listTools().tools().size());
            sidecar.awaitMetric(0, "outrigger_concurrency_used");
            client.closeGracefully();
        }
    }

    private static McpSyncClient connect(RunningSidecar sidecar) {
        return McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                sidecar.uri("").toString())
                        .endpoint(SdkJavaServer.STREAMABLE)
                        .build())
                .requestTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static void echo(McpSyncClient client) {
        client.callTool(CallToolRequest.builder("echo")
                .arguments(Map.of("message", "hello"))
                .build());
    }

    private static int refusal(McpSyncClient client, String tool) {
        McpError error = assertThrows(
                McpError.class,
                () -> client.callTool(CallToolRequest.builder(tool)
                        .arguments(Map.of("message", "hello"))
                        .build()));
        return error.getJsonRpcError().code();
    }
}
