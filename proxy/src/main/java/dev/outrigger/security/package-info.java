/**
 * Who a request comes from, as far as its headers say so.
 *
 * <p>Owning thread: none, everything is immutable or without state. Floor 3.
 */
@NullMarked
package dev.outrigger.security;

import org.jspecify.annotations.NullMarked;
