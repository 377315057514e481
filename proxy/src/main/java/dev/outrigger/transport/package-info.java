/**
 * Every Netty handler, and nothing that decides: sockets, codecs, the strict reading of heads, back-pressure.
 *
 * <p>Owning thread: the worker's loop. Floor 4.
 */
@NullMarked
package dev.outrigger.transport;

import org.jspecify.annotations.NullMarked;
