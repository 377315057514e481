/**
 * What leaves the process about its exchanges: metrics, spans, access log, application log.
 *
 * <p>Owning thread: said by each type. Nothing here blocks a worker's loop: loops hand over recorders when asked, and offer
 * records to bounded queues that other threads empty. Floor 8.
 */
@NullMarked
package dev.outrigger.telemetry;

import org.jspecify.annotations.NullMarked;
