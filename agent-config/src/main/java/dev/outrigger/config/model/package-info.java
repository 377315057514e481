/**
 * What the operator wrote, as immutable records: complete (every default filled in) and validated.
 *
 * <p>The defaults stand in {@code reference.conf} and nowhere else; the records only say what each value means. Records
 * are made by {@code dev.outrigger.config.load} or, in tests, by hand.
 *
 * <p>Owning thread: none, everything is immutable. Floor 1.
 */
@NullMarked
package dev.outrigger.config.model;

import org.jspecify.annotations.NullMarked;
