/**
 * Answers that are given more than once: under which key, for how long, and to whom who asks the same at the same time.
 * Decisions and memory only; nothing here knows a connection.
 *
 * <p>Owning thread: {@link dev.outrigger.cache.KeyDigest} belongs to one worker's loop, everything else is shared by all workers
 * and safe. Floor 3.
 */
@NullMarked
package dev.outrigger.cache;

import org.jspecify.annotations.NullMarked;
