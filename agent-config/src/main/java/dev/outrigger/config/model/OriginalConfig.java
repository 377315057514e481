package dev.outrigger.config.model;

import java.time.Duration;

/**
 * Where intercepted requests go that nothing in the configuration claims: to the address that they were sent to, under the one
 * name {@value #NAME}, with what upstreams and routes have by default.
 *
 * @param upstream of each destination; without an address
 * @param route of the requests
 * @param maxDestinations how many are known at a time; the one that was not used for longest leaves for another
 * @param idleTimeout a destination without requests for this long leaves
 */
public record OriginalConfig(UpstreamConfig upstream, RouteConfig route, int maxDestinations, Duration idleTimeout) {
    /** Label of all of them. */
    public static final String NAME = "original";
}
