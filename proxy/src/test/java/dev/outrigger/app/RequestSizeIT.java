package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that are longer than a listener takes, whether they say so at first or not. */
class RequestSizeIT {
    private static final String SMALL = "listeners.inbound.http.max-request-body = 64KiB";

    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(McpUpstream.plain());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private static String call(int bytes) {
        String message = Rpc.request("7", "tools/call", "{\"name\":\"echo\",\"arguments\":{\"t\":\"\"}}");
        return message.replace("\"t\":\"\"", "\"t\":\"" + "x".repeat(bytes - message.length()) + '"');
    }

    @Test
    void aMessageAtTheLimitPassesAndOneByteMoreDoesNot() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), SMALL);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(Rpc.result("7", "{}"), client.post(call(64 * 1024)).text());
            String refused = client.post(call(64 * 1024 + 1)).text();
            assertTrue(refused.startsWith("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":10007,"), refused);
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void whatSaysSoAtFirstIsRefusedBeforeAnythingIsSent() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), SMALL);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("PUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n");
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.contains("\"code\":10007"), answer);
            assertEquals(0, upstream.connections());
        }
    }

    @Test
    void whatDoesNotSayIsRefusedWhenItIsTooMuch() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), SMALL);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("PUT /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 9; i++) {
                        client.send("2000\r\n" + "x".repeat(0x2000) + "\r\n");
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.start();
            String answer = client.readResponse();
            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            sender.join(10_000);
            sidecar.awaitMetric(1, "http_requests_total", "status=\"413\"");
        }
    }
}
