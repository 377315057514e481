package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.demo.DemoServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nothing is lost and nothing is counted twice, while somebody scrapes all the time. */
class ExactCountsIT {
    private static final int CALLS = 100_000;
    private static final int CONNECTIONS = 64;

    private final AtomicInteger ids = new AtomicInteger();

    @Test
    void everyCallIsCountedOnce() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS + 1);
        try (DemoServer server = DemoServer.onItsOwnLoop();
                RunningSidecar sidecar = RunningSidecar.before(server.start(new InetSocketAddress("127.0.0.1", 0)))) {
            Future<?> scraping = clients.submit(() -> {
                while (!done.get()) {
                    assertTrue(sidecar.metric("mcp_tool_execution_total") <= CALLS);
                }
                return null;
            });
            List<Future<?>> calling = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                calling.add(clients.submit(() -> callUntilNoneIsLeft(sidecar)));
            }
            for (Future<?> client : calling) {
                client.get();
            }
            done.set(true);
            scraping.get();
            assertEquals(CALLS, sidecar.metric("mcp_tool_execution_total", "tool_name=\"echo\"", "status=\"success\""));
            assertEquals(CALLS, sidecar.metric("mcp_tool_execution_total"), "and nothing else");
            assertEquals(CALLS, sidecar.metric("mcp_tool_execution_duration_seconds_count", "tool_name=\"echo\""));
            assertEquals(CALLS, sidecar.metric("http_requests_total", "status=\"200\""));
            assertEquals(CALLS, sidecar.metric("mcp_query_duration_seconds_count", "server=\"app\""));
            assertEquals(CALLS, sidecar.metric("circuit_breaker_calls_total", "outcome=\"success\""));
            assertEquals(0, sidecar.metric("mcp_query_errors_total"));
        } finally {
            clients.shutdownNow();
        }
    }

    private Void callUntilNoneIsLeft(RunningSidecar sidecar) throws Exception {
        try (RawClient client = new RawClient(sidecar.inbound())) {
            int id;
            while ((id = ids.incrementAndGet()) <= CALLS) {
                String body =
                        "{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{\"message\":\"hi\"},"
                                + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}},"
                                + "\"jsonrpc\":\"2.0\",\"id\":" + id + "}";
                String answer = client.send(
                                "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
                                        + "Mcp-Method: tools/call\r\nMcp-Name: echo\r\nContent-Length: " + body.length()
                                        + "\r\n\r\n" + body)
                        .readResponse();
                assertTrue(answer.contains("\"id\":" + id + ",") || answer.contains("\"id\":" + id + "}"), answer);
            }
        }
        return null;
    }
}
