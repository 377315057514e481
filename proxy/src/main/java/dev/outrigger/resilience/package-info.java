/**
 * Decisions without I/O: whether a call may go to an upstream, whether too many come in a time or at once, and when something has taken too long.
 *
 * <p>Owning thread: breakers ({@link dev.outrigger.resilience.CircuitBreaker}) and limits ({@link
 * dev.outrigger.resilience.RateLimiter}, {@link dev.outrigger.resilience.ConcurrencyLimiter}) are shared by all workers and safe;
 * {@link dev.outrigger.resilience.LoopTimers} belong to one worker's loop. Floor 3.
 */
@NullMarked
package dev.outrigger.resilience;

import org.jspecify.annotations.NullMarked;
