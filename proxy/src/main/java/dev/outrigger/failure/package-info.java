/**
 * What can go wrong with an exchange, as values: a refusal is returned, never thrown.
 *
 * <p>Owning thread: none, everything is immutable. Floor 1.
 */
@NullMarked
package dev.outrigger.failure;

import org.jspecify.annotations.NullMarked;
