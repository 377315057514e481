/**
 * A long run before a sidecar with many clients, mixed calls and a fault at a time: what fails, for how long, and whether
 * everybody's counts agree.
 *
 * <p>Sidecar and replicas are processes, because faults are signals; all clients live on one event loop, whose state needs no
 * locks. Floor: none, it is no part of the proxy; it borrows the proxy's event loops and JSON writer.
 */
@NullMarked
package dev.outrigger.soak;

import org.jspecify.annotations.NullMarked;
