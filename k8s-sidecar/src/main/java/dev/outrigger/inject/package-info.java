/**
 * The injection: a pod as somebody wrote it in, the same pod with the sidecar in front of it out. Pure, without a cluster and
 * without I/O.
 *
 * <p>Pods are trees of JSON and not typed objects: what this version does not know of pods stays as it is.
 *
 * <p>Owning thread: none, what is shared is immutable. Floor 1.
 */
@NullMarked
package dev.outrigger.inject;

import org.jspecify.annotations.NullMarked;
