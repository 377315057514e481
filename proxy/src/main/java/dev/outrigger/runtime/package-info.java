/**
 * What runs: one compiled configuration, and the workers that carry it.
 *
 * <p>Owning thread: a worker belongs to its loop; a snapshot is immutable. Floor 6.
 */
@NullMarked
package dev.outrigger.runtime;

import org.jspecify.annotations.NullMarked;
