package dev.outrigger.soak;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Requests as bytes. Half of the clients speak of sessions, the other half the stateless version without. */
final class RequestText {
    private static final String MODERN = "2026-07-28";
    private static final String LEGACY = "2025-11-25";
    private static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" + MODERN
            + "\",\"io.modelcontextprotocol/clientCapabilities\":{}}";
    private static final String FILLING = "x".repeat(64 * 1024);

    private final String host;
    private final boolean isModern;

    RequestText(int port, boolean isModern) {
        this.host = "Host: 127.0.0.1:" + port + "\r\n";
        this.isModern = isModern;
    }

    /**
     * @param id of the JSON-RPC request
     * @param token repeated by the tools that echo
     * @param session empty for none
     */
    ByteBuf of(CallKind kind, long id, String token, String session) {
        return switch (kind) {
            case LISTEN -> bytes(head("GET", kind, session) + "Accept: text/event-stream\r\n\r\n", "");
            case END_SESSION -> bytes(head("DELETE", kind, session) + "\r\n", "");
            default -> {
                String body = body(kind, id, token);
                yield bytes(
                        head("POST", kind, session)
                                + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
                                + "Content-Length: " + body.length() + "\r\n\r\n",
                        body);
            }
        };
    }

    private static ByteBuf bytes(String head, String body) {
        ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(head.length() + body.length());
        bytes.writeCharSequence(head, StandardCharsets.US_ASCII);
        bytes.writeCharSequence(body, StandardCharsets.US_ASCII);
        return bytes;
    }

    private String head(String method, CallKind kind, String session) {
        StringBuilder head =
                new StringBuilder(method).append(" /mcp HTTP/1.1\r\n").append(host);
        head.append("MCP-Protocol-Version: ").append(isModern ? MODERN : LEGACY).append("\r\n");
        if (isModern) {
            head.append("Mcp-Method: ").append(method(kind)).append("\r\n");
            if (!kind.tool().isEmpty()) {
                head.append("Mcp-Name: ").append(kind.tool()).append("\r\n");
            }
        }
        if (!session.isEmpty()) {
            head.append("Mcp-Session-Id: ").append(session).append("\r\n");
        }
        return head.toString();
    }

    private static String method(CallKind kind) {
        return switch (kind) {
            case LIST -> "tools/list";
            case INITIALIZE -> "initialize";
            case INITIALIZED -> "notifications/initialized";
            default -> "tools/call";
        };
    }

    private String body(CallKind kind, long id, String token) {
        String start = "{\"jsonrpc\":\"2.0\"," + (kind == CallKind.INITIALIZED ? "" : "\"id\":" + id + ",")
                + "\"method\":\"" + method(kind) + "\"";
        String meta = isModern ? META : "";
        return start
                + switch (kind) {
                    case INITIALIZED -> "}";
                    case INITIALIZE ->
                        ",\"params\":{\"protocolVersion\":\"" + LEGACY
                                + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"soak\",\"version\":\"1\"}}}";
                    case LIST -> ",\"params\":{" + meta + "}}";
                    case CACHED ->
                        ",\"params\":{\"name\":\"get_time\",\"arguments\":{\"zone\":" + id % 4 + "}" + after(meta)
                                + "}}";
                    default ->
                        ",\"params\":{\"name\":\"" + kind.tool() + "\",\"arguments\":{\"token\":\"" + token + "\""
                                + (kind == CallKind.LARGE ? ",\"filling\":\"" + FILLING + "\"" : "") + "}"
                                + after(meta) + "}}";
                };
    }

    private static String after(String meta) {
        return meta.isEmpty() ? "" : "," + meta;
    }
}
