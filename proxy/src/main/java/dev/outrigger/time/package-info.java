/**
 * Time as a value that is passed in: clocks, deadlines, timers.
 *
 * <p>Owning thread: said by each type. Floor 1.
 */
@NullMarked
package dev.outrigger.time;

import org.jspecify.annotations.NullMarked;
