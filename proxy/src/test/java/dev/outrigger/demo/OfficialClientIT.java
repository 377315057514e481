package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The demo server as the official Java client sees it. */
class OfficialClientIT {
    private record Arrival(double progress, long nanos) {}

    @Test
    void connectsListsCallsAndSeesProgressWhileTheCallRuns() throws Exception {
        List<Arrival> arrivals = new CopyOnWriteArrayList<>();
        try (DemoServer server = DemoServer.onItsOwnLoop()) {
            int port = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (McpSyncClient client = McpClient.sync(
                            HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + port)
                                    .endpoint("/mcp")
                                    .build())
                    .progressConsumer(p -> arrivals.add(new Arrival(p.progress(), System.nanoTime())))
                    .build()) {
                assertEquals("outrigger-demo", client.initialize().serverInfo().name());
                assertEquals(
                        List.of("echo", "slow", "flaky", "large", "progress"),
                        client.listTools().tools().stream()
                                .map(McpSchema.Tool::name)
                                .collect(Collectors.toList()));

                McpSchema.CallToolResult echo = client.callTool(McpSchema.CallToolRequest.builder("echo")
                        .arguments(Map.of("message", "hello"))
                        .build());
                assertFalse(echo.isError());
                assertTrue(
                        echo.content().toString().contains("hello"),
                        echo.content().toString());

                client.callTool(McpSchema.CallToolRequest.builder("progress")
                        .arguments(Map.of("steps", 4, "interval_millis", 1000))
                        .progressToken("p-1")
                        .build());
            }
        }
        assertEquals(
                List.of(1.0, 2.0, 3.0, 4.0),
                arrivals.stream().map(Arrival::progress).toList());
        long spreadNanos = arrivals.get(3).nanos() - arrivals.get(0).nanos();
        assertTrue(
                spreadNanos >= TimeUnit.MILLISECONDS.toNanos(225), "sent a second apart; held back, they come at once");
    }
}
