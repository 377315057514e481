/**
 * What {@code outrigger demo} puts around the sidecar: an MCP server behind it and light traffic before it.
 *
 * <p>{@link dev.outrigger.demo.DemoServer} speaks both eras of MCP over Streamable HTTP. A request takes this way: {@code
 * Connection} (HTTP) to {@code McpEndpoint} (what every request must satisfy, and which era it belongs to) to {@code
 * LegacyEra} or {@code ModernEra} (the protocol) to {@code Tools} (the work), and back through an {@code Answer}.
 *
 * <p>Owning thread: everything behind {@code DemoServer} belongs to its one event loop; {@link
 * dev.outrigger.demo.DemoTraffic} has a thread of its own. Floor 8.
 */
@NullMarked
package dev.outrigger.demo;

import org.jspecify.annotations.NullMarked;
