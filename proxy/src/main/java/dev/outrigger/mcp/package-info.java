/**
 * Bytes to facts: what an MCP message is, whom it asks for what, and how it is answered when the proxy refuses it. No I/O,
 * no clock, no configuration.
 *
 * <p>{@link dev.outrigger.mcp.McpScanner} is the entrance. Beneath it, {@code JsonTokenizer} is an incremental JSON parser
 * that can stop and go on at any byte, and {@code JsonSkipper} is its fast lane through values that nobody asked for.
 *
 * <p>Owning thread: the worker's loop; a scanner belongs to one connection at a time. Floor 2.
 */
@NullMarked
package dev.outrigger.mcp;

import org.jspecify.annotations.NullMarked;
