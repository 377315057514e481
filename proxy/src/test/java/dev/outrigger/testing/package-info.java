/**
 * What every test of the proxy stands on: the buffer leak gate and the conditions of tests that need outside tools.
 *
 * <p>Owning thread: said by each type. Floor: none, tests only.
 */
@NullMarked
package dev.outrigger.testing;

import org.jspecify.annotations.NullMarked;
