package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModernEraIT {
    private static final String META = '{' + McpClientCalls.modernMeta("2026-07-28", "1") + '}';
    private static final String ECHO = McpClientCalls.modernCall("1", "echo", "{\"message\":\"hi\"}", "1");

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

    @Test
    void discoverTellsVersionsCapabilitiesAndHowLongThatHolds() throws Exception {
        HttpResponse<String> response = calls.post(
                McpClientCalls.request("\"d\"", "server/discover", META),
                McpClientCalls.modernHeaders("server/discover", ""));
        assertEquals(200, response.statusCode());
        assertTrue(response.body().contains("\"supportedVersions\":[\"2026-07-28\""), response.body());
        assertTrue(response.body().contains("\"resultType\":\"complete\""), response.body());
        assertTrue(response.body().contains("\"ttlMs\":300000,\"cacheScope\":\"public\""), response.body());
        assertTrue(response.body().contains("io.modelcontextprotocol/serverInfo"), response.body());
        assertTrue(response.headers().firstValue("Mcp-Session-Id").isEmpty());
    }

    @Test
    void listAndCallNeedNoSession() throws Exception {
        HttpResponse<String> list = calls.post(
                McpClientCalls.request("1", "tools/list", META), McpClientCalls.modernHeaders("tools/list", ""));
        assertTrue(list.body().contains("\"cacheScope\":\"public\""), list.body());
        HttpResponse<String> call = calls.post(ECHO, McpClientCalls.modernHeaders("tools/call", "echo"));
        assertEquals(200, call.statusCode());
        assertTrue(call.body().contains("\"text\":\"hi\""), call.body());
        assertTrue(call.body().contains("\"resultType\":\"complete\""), call.body());
    }

    @Test
    void anEncodedNameIsDecodedBeforeItIsCompared() throws Exception {
        Map<String, String> headers = McpClientCalls.modernHeaders("tools/call", "=?base64?ZWNobw==?=");
        assertEquals(200, calls.post(ECHO, headers).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "MCP-Protocol-Version, 2025-11-25",
        "MCP-Protocol-Version, ''",
        "Mcp-Method, tools/list",
        "Mcp-Method, ''",
        "Mcp-Name, slow",
        "Mcp-Name, =?base64?c2xvdw==?=",
        "Mcp-Name, =?base64?!?=",
        "Mcp-Name, =?base64?=",
        "Mcp-Name, ''"
    })
    void headersThatDisagreeWithTheBodyOrAreMissingAreRefused(String header, String value) throws Exception {
        Map<String, String> headers = McpClientCalls.modernHeaders("tools/call", "echo");
        headers.put(header, value);
        if (value.isEmpty()) {
            headers.remove(header);
        }
        assertRefused(-32020, calls.post(ECHO, headers));
    }

    @Test
    void anUnsupportedVersionIsAnsweredWithTheSupportedOnes() throws Exception {
        Map<String, String> headers = McpClientCalls.modernHeaders("tools/list", "");
        headers.put("MCP-Protocol-Version", "2099-01-01");
        String claimed =
                McpClientCalls.request("1", "tools/list", '{' + McpClientCalls.modernMeta("2099-01-01", "1") + '}');
        for (String body : new String[] {claimed, McpClientCalls.request("1", "tools/list", "{}")}) {
            HttpResponse<String> response = calls.post(body, headers);
            assertRefused(-32022, response);
            assertTrue(response.body().contains("\"supported\":[\"2026-07-28\""), response.body());
            assertTrue(response.body().contains("\"requested\":\"2099-01-01\""), response.body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"_meta\":{}}",
                "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}",
                "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":20260728}}"
            })
    void metadataThatIsIncompleteIsRefused(String params) throws Exception {
        HttpResponse<String> response = calls.post(
                McpClientCalls.request("1", "tools/list", params), McpClientCalls.modernHeaders("tools/list", ""));
        assertRefused(-32602, response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "initialize", "subscriptions/listen", "no/such"})
    void anUnknownMethodIsNotFound(String method) throws Exception {
        HttpResponse<String> response =
                calls.post(McpClientCalls.request("1", method, META), McpClientCalls.modernHeaders(method, ""));
        assertEquals(404, response.statusCode());
        assertTrue(response.body().contains("-32601"), response.body());
    }

    @Test
    void aNotificationIsAccepted() throws Exception {
        HttpResponse<String> response = calls.post(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/anything\",\"params\":" + META + '}',
                McpClientCalls.modernHeaders("notifications/anything", ""));
        assertEquals(202, response.statusCode());
        assertEquals("", response.body());
    }

    @Test
    void batchesAndResponsesAreRefused() throws Exception {
        Map<String, String> headers = McpClientCalls.modernHeaders("tools/call", "echo");
        assertRefused(-32600, calls.post('[' + ECHO + ']', headers));
        assertRefused(-32600, calls.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", headers));
    }

    @Test
    void getAndDeleteAreNotAllowed() throws Exception {
        Map<String, String> headers = Map.of("MCP-Protocol-Version", "2026-07-28");
        HttpResponse<String> get =
                calls.send(HttpRequest.newBuilder(calls.endpoint()).GET(), headers);
        assertEquals(405, get.statusCode());
        assertEquals("POST", get.headers().firstValue("Allow").orElseThrow());
        assertEquals(
                405,
                calls.send(HttpRequest.newBuilder(calls.endpoint()).DELETE(), headers)
                        .statusCode());
    }

    @Test
    void theEraIsDecidedPerRequest() throws Exception {
        String session = calls.openSession("2025-11-25");
        assertEquals(
                200,
                calls.post(ECHO, McpClientCalls.modernHeaders("tools/call", "echo"))
                        .statusCode());
        HttpResponse<String> legacy =
                calls.post(McpClientCalls.request("2", "ping", "{}"), Map.of("Mcp-Session-Id", session));
        assertEquals("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}", legacy.body());
    }

    private static void assertRefused(int code, HttpResponse<String> response) {
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(response.body().contains("\"code\":" + code), response.body());
    }
}
