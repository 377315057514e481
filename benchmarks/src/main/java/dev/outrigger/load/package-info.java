/**
 * A load driver for HTTP/1.1 that keeps to its schedule: the other half of the side-by-side benchmark.
 *
 * <p>Everything but the command line runs on one event loop. Floor: none, it is no part of the proxy; it borrows the
 * proxy's event loops.
 */
@NullMarked
package dev.outrigger.load;

import org.jspecify.annotations.NullMarked;
