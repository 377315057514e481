/**
 * The command line, and the one place where everything is put together: {@link dev.outrigger.app.ProxyAssembly} holds every
 * {@code new} of the running system.
 *
 * <p>Owning thread: the main thread. Floor 10.
 */
@NullMarked
package dev.outrigger.app;

import org.jspecify.annotations.NullMarked;
