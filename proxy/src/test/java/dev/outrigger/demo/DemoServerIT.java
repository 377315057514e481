package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoServerIT {
    private final DemoServer server = DemoServer.onItsOwnLoop();
    private int port;
    private McpClientCalls calls;

    @BeforeEach
    void start() throws Exception {
        port = server.start(loopback(0));
        calls = new McpClientCalls(port);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void echoAnswersWithItsMessage() throws Exception {
        assertTrue(
                call("echo", "{\"message\":\"a \\\"quoted\\\" word\"}").contains("\"text\":\"a \\\"quoted\\\" word\""));
    }

    @Test
    void slowTakesItsTime() throws Exception {
        long startNanos = System.nanoTime();
        assertTrue(call("slow", "{\"millis\":30}").contains("slept 30 ms"));
        assertTrue(System.nanoTime() - startNanos >= TimeUnit.MILLISECONDS.toNanos(30));
    }

    @Test
    void flakyFailsEveryThirdCallEitherWay() throws Exception {
        assertTrue(call("flaky", "{}").contains("\"isError\":false"));
        assertTrue(call("flaky", "{}").contains("\"isError\":false"));
        assertTrue(call("flaky", "{}").contains("\"isError\":true"));
        assertEquals(200, post("flaky", "{\"mode\":\"http\"}").statusCode());
        assertEquals(200, post("flaky", "{\"mode\":\"http\"}").statusCode());
        HttpResponse<String> failed = post("flaky", "{\"mode\":\"http\"}");
        assertEquals(500, failed.statusCode());
        assertTrue(failed.body().contains("-32603"), failed.body());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "65536, 65536", "100000, 100000", "8388608, 8388608", "9999999999, 8388608"})
    void largeAnswersWithSoManyBytes(String bytes, int expected) throws Exception {
        Json.Obj answer = (Json.Obj) JsonReader.read(call("large", "{\"bytes\":" + bytes + '}'));
        Json.Arr content = (Json.Arr) answer.object("result").get("content");
        assertEquals(expected, ((Json.Obj) content.items().get(0)).text("text").length());
    }

    @Test
    void progressWithoutATokenIsAStreamWithTheResultAlone() throws Exception {
        HttpResponse<String> response = calls.post(
                McpClientCalls.call("1", "progress", "{\"steps\":2,\"interval_millis\":1}"),
                Map.of("Mcp-Session-Id", calls.openSession("2025-11-25")));
        assertEquals(
                "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":"
                        + "[{\"type\":\"text\",\"text\":\"did 2 steps\"}],\"isError\":false}}\n\n",
                response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "echo | {}",
                "echo | {\"message\":1}",
                "echo | []",
                "slow | {\"millis\":-1}",
                "slow | {\"millis\":1.5}",
                "slow | {\"millis\":\"1\"}",
                "flaky | {\"mode\":\"other\"}",
                "large | {\"bytes\":null}",
                "progress | {\"steps\":true}",
                "no-such-tool | {}"
            })
    void badArgumentsAreRefusedAsTheProtocolSays(String tool, String arguments) throws Exception {
        HttpResponse<String> response = post(tool, arguments);
        assertEquals(200, response.statusCode());
        assertTrue(response.body().contains("-32602"), response.body());
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:3000, 200",
        "http://127.0.0.1, 200",
        "https://[::1]:1, 200",
        "http://evil.example, 403",
        "http://localhost.evil.example, 403",
        "null, 403",
        "http://[, 403"
    })
    void onlyPagesOfThisHostMayCall(String origin, int status) throws Exception {
        assertEquals(
                status,
                calls.post(McpClientCalls.initialize("2025-11-25"), Map.of("Origin", origin))
                        .statusCode());
    }

    @Test
    void otherPathsMethodsAndTypesAreRefused() throws Exception {
        HttpRequest.Builder elsewhere = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/other"));
        assertEquals(404, calls.send(elsewhere, Map.of()).statusCode());
        HttpRequest.Builder put =
                HttpRequest.newBuilder(calls.endpoint()).PUT(HttpRequest.BodyPublishers.ofString("{}"));
        assertEquals(405, calls.send(put, Map.of()).statusCode());
        assertEquals(415, calls.post("{}", Map.of("Content-Type", "text/plain")).statusCode());
    }

    @Test
    void aBodyBeyondTheBoundIsRefused() throws Exception {
        assertEquals(413, calls.post(" ".repeat(2 * 1024 * 1024), Map.of()).statusCode());
    }

    @Test
    void closingBreaksOffWhatIsUnderWay() throws Exception {
        String session = calls.openSession("2025-11-25");
        Map<String, String> headers = Map.of("Mcp-Session-Id", session);
        CompletableFuture<HttpResponse<String>> slow = calls.client()
                .sendAsync(
                        calls.posting(McpClientCalls.call("1", "slow", "{\"millis\":60000}"), headers),
                        HttpResponse.BodyHandlers.ofString());
        Iterator<String> events = calls.client()
                .send(
                        calls.posting(
                                McpClientCalls.request(
                                        "2",
                                        "tools/call",
                                        "{\"name\":\"progress\",\"arguments\":{\"steps\":1000},\"_meta\":{\"progressToken\":1}}"),
                                headers),
                        HttpResponse.BodyHandlers.ofLines())
                .body()
                .iterator();
        assertTrue(events.hasNext());

        server.close();

        assertThrows(ExecutionException.class, () -> slow.get(20, TimeUnit.SECONDS));
        assertThrows(UncheckedIOException.class, () -> events.forEachRemaining(line -> {}));
        try (DemoServer next = DemoServer.onItsOwnLoop()) {
            next.start(loopback(port));
            assertEquals(
                    404,
                    calls.post(McpClientCalls.request("3", "ping", "{}"), headers)
                            .statusCode(),
                    "sessions do not outlive their server");
        }
    }

    @Test
    void aLoopThatWasLentStaysOpen() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try {
            DemoServer borrower = new DemoServer(group, NioServerSocketChannel.class);
            McpClientCalls borrowed = new McpClientCalls(borrower.start(loopback(0)));
            borrowed.openSession("2025-11-25");
            borrower.close();
            assertFalse(group.isShuttingDown());
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void anAddressInUseIsSaid() {
        try (DemoServer second = DemoServer.onItsOwnLoop()) {
            IOException e = assertThrows(IOException.class, () -> second.start(loopback(port)));
            assertTrue(e.getMessage().contains(Integer.toString(port)), e.getMessage());
        }
    }

    private String call(String tool, String arguments) throws Exception {
        return post(tool, arguments).body();
    }

    private HttpResponse<String> post(String tool, String arguments) throws Exception {
        return calls.post(
                McpClientCalls.modernCall("1", tool, arguments, "1"), McpClientCalls.modernHeaders("tools/call", tool));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
