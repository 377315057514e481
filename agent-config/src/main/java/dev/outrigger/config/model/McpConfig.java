package dev.outrigger.config.model;

/**
 * How MCP messages are read.
 *
 * @param scanLimitBytes how much of a request body is held back at most while the scanner looks for method, id and tool
 *     name; the body itself may be of any size
 * @param maxToolLabels distinct tool names that become metric labels; further ones are counted as {@code other}
 */
public record McpConfig(long scanLimitBytes, int maxToolLabels) {}
