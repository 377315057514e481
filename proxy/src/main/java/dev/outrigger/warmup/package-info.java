/**
 * Exchanges with itself before the first client comes: a stub of a client and one of a server on loopback, and between them
 * the real pipeline on the real loops.
 *
 * <p>Owning thread: the main thread, which also does all I/O of the two stubs; the pipeline between them runs on the
 * workers' loops. Floor 9.
 */
@NullMarked
package dev.outrigger.warmup;

import org.jspecify.annotations.NullMarked;
