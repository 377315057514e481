package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How MCP messages are read and answered, and how much is remembered between them.
 *
 * @param scanLimitBytes how much of a request body is held back at most while the scanner looks for method, id and tool
 *     name; the body itself may be of any size
 * @param maxToolLabels distinct tool names that become metric labels; further ones are counted as {@code other}
 * @param injectMetaTrace whether a message without a trace context of its own gets one in {@code _meta}
 * @param streamKeepAlive silence after which an event stream gets a comment, so that nobody between takes it for dead; zero
 *     for never
 * @param maxSessions sessions remembered per upstream; as many tasks
 * @param sessionIdleTimeout silence of the client after which a session, or a task, is forgotten
 */
public record McpConfig(
        long scanLimitBytes,
        int maxToolLabels,
        boolean injectMetaTrace,
        Refusal refusal,
        Duration streamKeepAlive,
        int maxSessions,
        Duration sessionIdleTimeout) {
    /** How the proxy refuses a JSON-RPC request. */
    public enum Refusal {
        /** 200 and a JSON-RPC error, which every MCP client hands to its caller as what it is. */
        JSON_RPC,
        /** The HTTP status of the reason, with the same JSON-RPC error as its body. */
        HTTP
    }
}
