package dev.outrigger.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A client's side of MCP on one connection, byte for byte. Answers are read before the next request. */
final class McpCaller implements AutoCloseable {
    private final RawClient connection;
    private final StringBuilder headers = new StringBuilder();
    private String path = "/mcp";

    McpCaller(RunningSidecar sidecar) throws IOException {
        this(sidecar.inbound());
    }

    McpCaller(InetSocketAddress address) throws IOException {
        connection = new RawClient(address);
    }

    /**
     * A token for the {@code Authorization} header.
     *
     * @param serial makes tokens of one subject differ, as refreshed ones do
     */
    static String bearer(String subject, int serial) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String payload = "{\"iss\":\"https://issuer.example\",\"sub\":\"" + subject + "\",\"jti\":" + serial + "}";
        return "Bearer " + base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + '.'
                + base64.encodeToString(payload.getBytes(StandardCharsets.UTF_8)) + '.';
    }

    /** A header of all further requests. */
    McpCaller with(String header, String value) {
        headers.append(header).append(": ").append(value).append("\r\n");
        return this;
    }

    /** The session of all further requests. */
    McpCaller session(String id) {
        return with("Mcp-Session-Id", id);
    }

    /** The request target of all further requests, instead of {@code /mcp}. */
    McpCaller at(String target) {
        path = target;
        return this;
    }

    WireMessage post(String body) throws IOException {
        return sendPost(body).answer();
    }

    /** With the headers that the modern era requires, taken from the body. */
    WireMessage postModern(String body) throws IOException {
        return sendModern(body).answer();
    }

    WireMessage get() throws IOException {
        return sendGet().answer();
    }

    WireMessage delete() throws IOException {
        connection.send("DELETE " + path + " HTTP/1.1\r\nHost: mcp.example:81\r\n" + headers + "\r\n");
        return answer();
    }

    McpCaller sendGet() throws IOException {
        connection.send("GET " + path + " HTTP/1.1\r\nHost: mcp.example:81\r\nAccept: text/event-stream\r\n" + headers
                + "\r\n");
        return this;
    }

    McpCaller sendModern(String body) throws IOException {
        String method = Rpc.methodOf(body);
        String name =
                switch (method) {
                    case "tools/call", "prompts/get" -> Rpc.memberOf(body, "name");
                    case "resources/read" -> Rpc.memberOf(body, "uri");
                    case "tasks/get", "tasks/update", "tasks/cancel" -> Rpc.memberOf(body, "taskId");
                    default -> "";
                };
        return sendPost(
                body,
                "MCP-Protocol-Version: " + Rpc.MODERN,
                "Mcp-Method: " + method,
                name.isEmpty() ? "Accept-Language: en" : "Mcp-Name: " + name);
    }

    McpCaller sendPost(String body, String... more) throws IOException {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: mcp.example:81\r\n"
                + "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n" + headers);
        for (String header : more) {
            head.append(header).append("\r\n");
        }
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes((head + "Content-Length: " + content.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        whole.writeBytes(content);
        connection.send(whole.toByteArray());
        return this;
    }

    /** The head of the answer that comes next. */
    WireMessage answer() throws IOException {
        return WireMessage.read(connection.in());
    }

    RawClient connection() {
        return connection;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
