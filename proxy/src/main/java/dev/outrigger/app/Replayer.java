package dev.outrigger.app;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.mcp.AnswerFacts;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.McpScanner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes kept calls again, over Streamable HTTP. Those of revisions with sessions get a session of their own for each path,
 * since the one that they were made in is long over.
 */
final class Replayer implements AutoCloseable {
    private static final String SESSION = "Mcp-Session-Id";
    private static final String VERSION = "MCP-Protocol-Version";
    private static final String CLIENT = "outrigger-replay";
    private static final String LAST_WITHOUT_HEADER = "2025-03-26";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI base;
    private final Map<String, String> headers;
    private final Duration timeout;
    private final Map<String, String> sessions = new HashMap<>();

    /**
     * @param base scheme, host and port of the sidecar
     * @param headers sent with each request, to authenticate for one
     * @param timeout of one call
     */
    Replayer(URI base, Map<String, String> headers, Duration timeout) {
        this.base = base;
        this.headers = Map.copyOf(headers);
        this.timeout = timeout;
    }

    /** @return empty if the call was answered with a result, else what went wrong */
    String replay(KeptCall call) throws InterruptedException {
        try {
            HttpRequest.Builder request = request(call.target(), call.message());
            if (call.modern()) {
                describe(request, call);
            } else {
                String session = session(call);
                if (!session.isEmpty()) {
                    request.header(SESSION, session);
                }
            }
            if (!call.protocolVersion().isEmpty()) {
                request.header(VERSION, call.protocolVersion());
            }
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            return judge(answer);
        } catch (IOException | IllegalArgumentException e) {
            // The latter: something in the line, or among the headers, that HTTP can not carry.
            return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
    }

    private HttpRequest.Builder request(String target, String message) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(target))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString(message));
        headers.forEach(request::setHeader);
        return request;
    }

    /** Never another host, whatever the target looks like. */
    private URI at(String target) {
        return URI.create(base.getScheme() + "://" + base.getAuthority() + target);
    }

    /** What the modern era repeats in the head. */
    private static void describe(HttpRequest.Builder request, KeptCall call) {
        McpFacts facts = read(call.message());
        byte[] name = facts.name();
        String text = new String(name, 0, facts.nameLength(), StandardCharsets.UTF_8);
        boolean isPlain = text.chars().allMatch(c -> c > ' ' && c < 0x7f) && !text.startsWith("=?");
        String encoded = "=?base64?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
        request.header("Mcp-Method", McpMethod.TOOLS_CALL.label()).header("Mcp-Name", isPlain ? text : encoded);
    }

    private String session(KeptCall call) throws IOException, InterruptedException {
        String known = sessions.get(call.target());
        if (known != null) {
            return known;
        }
        String version = call.protocolVersion().isEmpty() ? LAST_WITHOUT_HEADER : call.protocolVersion();
        HttpResponse<String> answer =
                http.send(request(call.target(), initialize(version)).build(), BodyHandlers.ofString());
        String wrong = judge(answer);
        String id = answer.headers().firstValue(SESSION).orElse("");
        if (!wrong.isEmpty()) {
            throw new IOException("no session: " + wrong);
        }
        if (!id.isEmpty()) {
            http.send(
                    request(call.target(), "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                            .header(SESSION, id)
                            .header(VERSION, version)
                            .build(),
                    BodyHandlers.discarding());
        }
        sessions.put(call.target(), id);
        return id;
    }

    private static String initialize(String version) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("jsonrpc")
                .value("2.0")
                .name("id")
                .value(CLIENT)
                .name("method")
                .value("initialize");
        json.name("params").beginObject().name("protocolVersion").value(version);
        json.name("capabilities").beginObject().endObject();
        json.name("clientInfo")
                .beginObject()
                .name("name")
                .value(CLIENT)
                .name("version")
                .value("1")
                .endObject();
        return json.endObject().endObject().toString();
    }

    private static String judge(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            return "status " + answer.statusCode();
        }
        String type = answer.headers().firstValue("Content-Type").orElse("");
        List<String> messages = type.startsWith("text/event-stream") ? events(answer.body()) : List.of(answer.body());
        for (String message : messages) {
            McpFacts facts = read(message);
            if (facts.kind() == McpFacts.Kind.RESPONSE) {
                AnswerFacts said = facts.answer();
                return said.hasError() ? "error " + said.errorCode() : said.isToolError() ? "the tool failed" : "";
            }
        }
        return "no response in the answer";
    }

    private static List<String> events(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()).strip())
                .toList();
    }

    private static McpFacts read(String message) {
        McpScanner scanner = new McpScanner();
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        scanner.feed(bytes, 0, bytes.length);
        scanner.end();
        return scanner.facts();
    }

    /** Ends the sessions that were opened. */
    @Override
    public void close() {
        sessions.forEach((target, id) -> {
            if (!id.isEmpty()) {
                HttpRequest.Builder request = HttpRequest.newBuilder(at(target))
                        .timeout(timeout)
                        .header(SESSION, id)
                        .DELETE();
                headers.forEach(request::setHeader);
                http.sendAsync(request.build(), BodyHandlers.discarding())
                        .handle((answer, failure) -> answer)
                        .join();
            }
        });
    }
}
