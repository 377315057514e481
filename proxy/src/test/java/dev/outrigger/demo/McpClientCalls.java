package dev.outrigger.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Requests as the tests send them: by hand, so that they can be wrong in every way. */
final class McpClientCalls {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI endpoint;

    McpClientCalls(int port) {
        this.endpoint = URI.create("http://127.0.0.1:" + port + McpEndpoint.PATH);
    }

    URI endpoint() {
        return endpoint;
    }

    HttpClient client() {
        return client;
    }

    HttpResponse<String> post(String body, Map<String, String> headers) throws Exception {
        return send(HttpRequest.newBuilder(endpoint).POST(HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    HttpResponse<String> send(HttpRequest.Builder request, Map<String, String> headers) throws Exception {
        return client.send(prepared(request, headers), HttpResponse.BodyHandlers.ofString());
    }

    /** A POST ready to be sent in whatever way. */
    HttpRequest posting(String body, Map<String, String> headers) {
        return prepared(HttpRequest.newBuilder(endpoint).POST(HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    /** A new session's id. */
    String openSession(String version) throws Exception {
        return post(initialize(version), Map.of())
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
    }

    static String initialize(String version) {
        return request("0", "initialize", "{\"protocolVersion\":\"" + version + "\",\"capabilities\":{}}");
    }

    static String request(String id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + '}';
    }

    static String call(String id, String tool, String arguments) {
        return request(id, "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + '}');
    }

    static String modernCall(String id, String tool, String arguments, String progressToken) {
        String params = "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + ','
                + modernMeta("2026-07-28", progressToken) + '}';
        return request(id, "tools/call", params);
    }

    static String modernMeta(String version, String progressToken) {
        return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" + version
                + "\",\"io.modelcontextprotocol/clientCapabilities\":{},\"progressToken\":" + progressToken + '}';
    }

    /** @param name empty for methods without one */
    static Map<String, String> modernHeaders(String method, String name) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("MCP-Protocol-Version", "2026-07-28");
        headers.put("Mcp-Method", method);
        if (!name.isEmpty()) {
            headers.put("Mcp-Name", name);
        }
        return headers;
    }

    private static HttpRequest prepared(HttpRequest.Builder request, Map<String, String> headers) {
        request.timeout(LIMIT)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        headers.forEach(request::setHeader);
        return request.build();
    }
}
