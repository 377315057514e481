/**
 * The admission webhook: an HTTPS server that the cluster's API server asks about each new pod of the namespaces that want
 * sidecars.
 *
 * <p>Owning threads: the server's own few; what they share is immutable or a volatile reference. Floor 1.
 */
@NullMarked
package dev.outrigger.inject.webhook;

import org.jspecify.annotations.NullMarked;
