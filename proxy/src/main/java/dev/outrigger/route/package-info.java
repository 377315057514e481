/**
 * Which policies a request falls under: the compiled route table.
 *
 * <p>Owning thread: none, everything is immutable. Floor 4.
 */
@NullMarked
package dev.outrigger.route;

import org.jspecify.annotations.NullMarked;
