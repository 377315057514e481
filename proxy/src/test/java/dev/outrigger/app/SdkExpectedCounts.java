package dev.outrigger.app;

import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the sidecar has to have counted, reckoned from what its clients and servers have sent over the wire. */
final class SdkExpectedCounts {
    private static final String OTHER = "other";

    /** What the scenarios call that is no method of MCP. */
    private static final Set<String> NO_METHODS = Set.of("no/such");

    private final List<WireExchange> exchanges;

    /** Names of tools after the server that has listed them. */
    private final Set<String> listed = new HashSet<>();

    /** @param exchanges between the clients and the sidecar */
    SdkExpectedCounts(List<WireExchange> exchanges) {
        this.exchanges = exchanges;
        exchanges.forEach(this::learnTools);
    }

    /** How often each method and tool was asked for by clients, a notification too, by {@code method tool}. */
    Map<String, Integer> operations() {
        Map<String, Integer> counts = new TreeMap<>();
        for (WireExchange exchange : exchanges) {
            Object body = exchange.method().equals("POST") ? parsed(exchange.requestBody()) : null;
            List<?> messages = body instanceof List<?> batch ? batch : body == null ? List.of() : List.of(body);
            for (Object message : messages) {
                if (message instanceof Map<?, ?> fields && fields.get("method") instanceof String method) {
                    counts.merge(operation(server(exchange.path()), method, fields.get("params")), 1, Integer::sum);
                }
            }
        }
        return counts;
    }

    /** Sessions of Streamable HTTP that were opened and not ended. */
    int sessions() {
        Set<String> sessions = new HashSet<>();
        for (WireExchange exchange : exchanges) {
            String opened = header(exchange.responseHeaders(), "mcp-session-id");
            if (exchange.requestBody().contains("\"initialize\"") && opened != null) {
                sessions.add(opened);
            }
        }
        for (WireExchange exchange : exchanges) {
            if (exchange.method().equals("DELETE") && exchange.status() / 100 == 2) {
                sessions.remove(header(exchange.requestHeaders(), "mcp-session-id"));
            }
        }
        return sessions.size();
    }

    private String operation(String server, String method, @Nullable Object params) {
        if (!method.equals("tools/call")) {
            return NO_METHODS.contains(method) ? OTHER + ' ' : method + ' ';
        }
        Object name = params instanceof Map<?, ?> fields ? fields.get("name") : null;
        return method + ' ' + (listed.contains(server + ' ' + name) ? name : OTHER);
    }

    private void learnTools(WireExchange exchange) {
        for (String line : exchange.responseBody().split("\n", -1)) {
            String json = line.startsWith("data:") ? line.substring("data:".length()) : line;
            if (json.contains("\"tools\":[")
                    && parsed(json) instanceof Map<?, ?> message
                    && message.get("result") instanceof Map<?, ?> result
                    && result.get("tools") instanceof List<?> tools) {
                tools.forEach(tool -> listed.add(server(exchange.path()) + ' ' + ((Map<?, ?>) tool).get("name")));
            }
        }
    }

    /** The scenarios give every server a first segment of its own. */
    private static String server(String path) {
        String[] segments = path.split("[/?]", -1);
        return segments[1].equals("message") ? "sse" : segments[1];
    }

    private static @Nullable String header(List<String> headers, String name) {
        return headers.stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(header -> header.substring(name.length() + 2))
                .findFirst()
                .orElse(null);
    }

    /** @return null if it is not JSON */
    private static @Nullable Object parsed(String body) {
        try {
            return McpJsonDefaults.getMapper().readValue(body.getBytes(StandardCharsets.ISO_8859_1), Object.class);
        } catch (IOException e) {
            return null;
        }
    }
}
