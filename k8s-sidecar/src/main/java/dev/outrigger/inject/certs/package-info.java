/**
 * The webhook's certificate where no cert-manager makes it: made, put where the webhook and the API server find it, and renewed
 * before it ends. Runs as a job of its own, since the webhook itself needs no rights in the cluster.
 *
 * <p>Owning thread: the command's, which may wait. Floor 1.
 */
@NullMarked
package dev.outrigger.inject.certs;

import org.jspecify.annotations.NullMarked;
