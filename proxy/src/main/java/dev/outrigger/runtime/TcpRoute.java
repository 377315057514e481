package dev.outrigger.runtime;

import dev.outrigger.route.ServerNames;
import dev.outrigger.upstream.Upstream;

/**
 * Where the opaque connections of one listener go.
 *
 * @param upstreams by the name that a TLS connection asks for
 * @param idleTimeoutNanos longest silence in both directions
 */
public record TcpRoute(ServerNames<Upstream> upstreams, long idleTimeoutNanos) {}
