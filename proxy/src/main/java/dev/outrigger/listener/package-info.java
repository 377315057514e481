/**
 * The sockets that clients connect to, and nothing but them.
 *
 * <p>Owning thread: connections belong to their worker's loop; opening, draining and closing is done from the main thread.
 * Floor 8.
 */
@NullMarked
package dev.outrigger.listener;

import org.jspecify.annotations.NullMarked;
