package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyEraIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String NOTIFICATION = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    private final DemoServer server = DemoServer.onItsOwnLoop();
    private McpClientCalls calls;

    @BeforeEach
    void start() throws Exception {
        calls = new McpClientCalls(server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "2025-03-26, 2025-03-26",
        "2025-06-18, 2025-06-18",
        "2025-11-25, 2025-11-25",
        "2024-11-05, 2025-11-25",
        "2026-07-28, 2025-11-25"
    })
    void initializeAgreesOnAVersion(String wanted, String agreed) throws Exception {
        HttpResponse<String> response = calls.post(McpClientCalls.initialize(wanted), Map.of());
        assertEquals(200, response.statusCode());
        assertTrue(response.body().contains("\"protocolVersion\":\"" + agreed + '"'), response.body());
        assertTrue(response.body().contains("\"capabilities\":{\"tools\":{}}"), response.body());
        assertTrue(response.headers().firstValue("Mcp-Session-Id").orElseThrow().matches("[!-~]+"));
    }

    @Test
    void initializeWithoutAVersionOpensNoSession() throws Exception {
        HttpResponse<String> response = calls.post(McpClientCalls.request("1", "initialize", "{}"), Map.of());
        assertTrue(response.body().contains("-32602"), response.body());
        assertTrue(response.headers().firstValue("Mcp-Session-Id").isEmpty());
    }

    @Test
    void aSessionServesPingAndTheListOfTools() throws Exception {
        Map<String, String> session = session("2025-11-25");
        assertEquals(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
                calls.post(McpClientCalls.request("1", "ping", "{}"), session).body());
        String list = calls.post(McpClientCalls.request("2", "tools/list", "{}"), session)
                .body();
        JsonReader.read(list);
        for (String tool : new String[] {"echo", "slow", "flaky", "large", "progress"}) {
            assertTrue(list.contains("\"name\":\"" + tool + '"'), list);
        }
        assertFalse(list.contains("ttlMs"), list);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"1", "\"1\"", "9007199254740993", "123456789012345678901234567890", "\"\\u0041\\/é\"", "-5"})
    void idsComeBackToTheLetter(String id) throws Exception {
        String body = calls.post(McpClientCalls.request(id, "ping", "{}"), session("2025-11-25"))
                .body();
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}", body);
    }

    @Test
    void notificationsAndResponsesAreAccepted() throws Exception {
        Map<String, String> session = session("2025-11-25");
        for (String body : new String[] {NOTIFICATION, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"}) {
            HttpResponse<String> response = calls.post(body, session);
            assertEquals(202, response.statusCode());
            assertEquals("", response.body());
        }
    }

    @Test
    void aRequestNeedsASessionThatIsAlive() throws Exception {
        String ping = McpClientCalls.request("1", "ping", "{}");
        assertEquals(400, calls.post(ping, Map.of()).statusCode());
        assertEquals(
                404,
                calls.post(ping, Map.of("Mcp-Session-Id", "no-such-session")).statusCode());
        assertEquals(400, calls.send(get(), Map.of()).statusCode());
    }

    @Test
    void aBadVersionHeaderIsRefused() throws Exception {
        Map<String, String> headers =
                Map.of("Mcp-Session-Id", calls.openSession("2025-11-25"), "MCP-Protocol-Version", "1999-01-01");
        HttpResponse<String> response = calls.post(McpClientCalls.request("1", "ping", "{}"), headers);
        assertEquals(400, response.statusCode());
        assertTrue(response.body().contains("-32022"), response.body());
    }

    @Test
    void anUnknownMethodIsAnErrorInsideA200() throws Exception {
        HttpResponse<String> response =
                calls.post(McpClientCalls.request("1", "resources/list", "{}"), session("2025-11-25"));
        assertEquals(200, response.statusCode());
        assertTrue(response.body().contains("-32601"), response.body());
    }

    @Test
    void whatIsNotJsonOrNotJsonRpcIsRefused() throws Exception {
        HttpResponse<String> broken = calls.post("{\"jsonrpc\":", Map.of());
        assertEquals(400, broken.statusCode());
        assertTrue(broken.body().contains("-32700"), broken.body());
        HttpResponse<String> strange = calls.post("{\"id\":5}", Map.of());
        assertEquals(400, strange.statusCode());
        assertTrue(strange.body().contains("-32600"), strange.body());
    }

    @Test
    void getOpensAStreamAtOnceAndDeleteEndsIt() throws Exception {
        Map<String, String> session = session("2025-11-25");
        HttpRequest.Builder listening = get().header("Accept", "text/event-stream");
        session.forEach(listening::header);
        HttpResponse<InputStream> stream =
                calls.client().send(listening.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, stream.statusCode());
        assertEquals(
                "text/event-stream", stream.headers().firstValue("Content-Type").orElseThrow());

        HttpRequest.Builder delete = HttpRequest.newBuilder(calls.endpoint()).DELETE();
        assertEquals(204, calls.send(delete, session).statusCode());
        assertEquals(-1, stream.body().read(), "the stream ends with its session");
        assertEquals(
                404,
                calls.post(McpClientCalls.request("1", "ping", "{}"), session).statusCode());
    }

    @Test
    void aBatchIsAnsweredInOnePieceWhereTheRevisionHasThem() throws Exception {
        String batch = '[' + McpClientCalls.call("1", "slow", "{\"millis\":20}") + ',' + NOTIFICATION + ','
                + McpClientCalls.call("\"1\"", "echo", "{\"message\":\"hi\"}") + ",7,"
                + McpClientCalls.initialize("2025-03-26") + ']';
        HttpResponse<String> response = calls.post(batch, session("2025-03-26"));
        assertEquals(200, response.statusCode());
        Json.Arr answers = (Json.Arr) JsonReader.read(response.body());
        assertEquals(4, answers.items().size(), response.body());
        assertTrue(response.body().contains("\"id\":\"1\",\"result\""), response.body());
        assertTrue(response.body().contains("\"id\":1,\"result\""), response.body());
        assertTrue(response.body().contains("\"id\":null,\"error\":{\"code\":-32600"), response.body());

        assertEquals(400, calls.post(batch, session("2025-06-18")).statusCode());
    }

    @Test
    void aBatchWithoutRequestsIsAcceptedAndAnEmptyOneIsNot() throws Exception {
        Map<String, String> session = session("2025-03-26");
        assertEquals(202, calls.post('[' + NOTIFICATION + ']', session).statusCode());
        assertEquals(400, calls.post("[]", session).statusCode());
        assertEquals(400, calls.post("[" + "7,".repeat(64) + "7]", session).statusCode());
    }

    @Test
    void aCancelledCallEndsWithoutAResult() throws Exception {
        Map<String, String> session = session("2025-11-25");
        CompletableFuture<HttpResponse<String>> slow = calls.client()
                .sendAsync(
                        calls.posting(McpClientCalls.call("42", "slow", "{\"millis\":60000}"), session),
                        HttpResponse.BodyHandlers.ofString());
        cancelUntil(slow, session, "42");
        assertEquals("", slow.join().body());
    }

    @Test
    void aCancelledStreamEndsAfterTheEventsItHad() throws Exception {
        Map<String, String> session = session("2025-11-25");
        String call = McpClientCalls.request(
                "\"p\"",
                "tools/call",
                "{\"name\":\"progress\",\"arguments\":{\"steps\":1000,\"interval_millis\":20},\"_meta\":{\"progressToken\":5}}");
        Iterator<String> lines = calls.client()
                .send(calls.posting(call, session), HttpResponse.BodyHandlers.ofLines())
                .body()
                .iterator();
        assertEquals("event: message", lines.next());
        assertTrue(lines.next().contains("\"progressToken\":5,\"progress\":1,\"total\":1000"));
        String cancel = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"p\"}}";
        assertEquals(202, calls.post(cancel, session).statusCode());
        AtomicBoolean sawResult = new AtomicBoolean();
        lines.forEachRemaining(line -> sawResult.compareAndSet(false, line.contains("\"result\"")));
        assertFalse(sawResult.get());
    }

    @Test
    void sessionsAreDistinct() throws Exception {
        assertNotEquals(calls.openSession("2025-11-25"), calls.openSession("2025-11-25"));
    }

    /** The call may not have arrived yet when it is first cancelled, and an unknown one is ignored. */
    private void cancelUntil(CompletableFuture<?> ended, Map<String, String> session, String id) {
        String cancel =
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + id + "}}";
        Await.until("the call ends", LIMIT, () -> {
            try {
                assertEquals(202, calls.post(cancel, session).statusCode());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return ended.isDone();
        });
    }

    private Map<String, String> session(String version) throws Exception {
        return Map.of("Mcp-Session-Id", calls.openSession(version), "MCP-Protocol-Version", version);
    }

    private HttpRequest.Builder get() {
        return HttpRequest.newBuilder(calls.endpoint()).GET();
    }
}
