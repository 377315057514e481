/**
 * What operators and their tools look at and turn: the status port (nothing there changes state) and the admin port.
 *
 * <p>{@link dev.outrigger.admin.OpsServer} serves both, each with its own table of routes. What a port shows of telemetry
 * or of the listeners comes in through small functional interfaces, since those packages stand on the same floor.
 *
 * <p>Owning thread: the operations loop, one event loop of its own, so that a slow reader of metrics never delays traffic
 * and busy workers never delay a probe. Floor 8.
 */
@NullMarked
package dev.outrigger.admin;

import org.jspecify.annotations.NullMarked;
