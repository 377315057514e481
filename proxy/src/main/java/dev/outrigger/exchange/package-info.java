/**
 * The walk of one request, from its head to its record: {@link dev.outrigger.exchange.Exchange} reads top to bottom,
 * {@link dev.outrigger.exchange.Attempt} is one try at an endpoint, {@link dev.outrigger.exchange.LocalReply} the proxy's own
 * answer.
 *
 * <p>Owning thread: the worker's loop. Floor 7.
 */
@NullMarked
package dev.outrigger.exchange;

import org.jspecify.annotations.NullMarked;
