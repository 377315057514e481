/**
 * Decisions without I/O: whether a call may go to an upstream, and when something has taken too long.
 *
 * <p>Owning thread: {@link dev.outrigger.resilience.CircuitBreaker} is shared by all workers and safe;
 * {@link dev.outrigger.resilience.LoopTimers} belong to one worker's loop. Floor 3.
 */
@NullMarked
package dev.outrigger.resilience;

import org.jspecify.annotations.NullMarked;
