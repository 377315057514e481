/**
 * The measurement sheet of one exchange, and one loop's recorders that it is poured into at the end.
 *
 * <p>Owning thread: the worker's loop, until a record is handed to an observer's own thread. Floor 2.
 */
@NullMarked
package dev.outrigger.record;

import org.jspecify.annotations.NullMarked;
