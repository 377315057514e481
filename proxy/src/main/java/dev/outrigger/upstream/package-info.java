/**
 * Named services and the connections to them: endpoints, pools, balancing, health, and what is
 * remembered of their sessions, tasks and tools.
 *
 * <p>Owning thread: pools belong to one worker's loop; {@link dev.outrigger.upstream.Upstream} and
 * {@link dev.outrigger.upstream.Endpoint} are shared and safe, and so is everything that is remembered. Floor 5.
 */
@NullMarked
package dev.outrigger.upstream;

import org.jspecify.annotations.NullMarked;
