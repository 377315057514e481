/**
 * Leads connections of a network namespace to the proxy: the netfilter rules, addresses and routes that redirect them, and
 * the proof that they do.
 *
 * <p>Nothing of this runs in the sidecar. It is a command that is privileged, short and over before the application starts,
 * so that the sidecar itself needs no privilege. Owning thread: the main thread; the sockets of the proof have one loop.
 * Floor 8.
 */
@NullMarked
package dev.outrigger.interception;

import org.jspecify.annotations.NullMarked;
