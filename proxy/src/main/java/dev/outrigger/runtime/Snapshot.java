package dev.outrigger.runtime;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.upstream.Upstream;
import java.util.List;

/**
 * One configuration, compiled and immutable. An exchange pins the snapshot it began with, so that it never sees two.
 *
 * @param generation which configuration of this process it is, from 1; one that was refused has no number
 * @param upstreamOfRoute by {@link Route#index}
 */
public record Snapshot(
        long generation,
        RouteTable routes,
        List<Upstream> upstreams,
        List<Upstream> upstreamOfRoute,
        McpConfig mcp,
        Switches switches) {
    public Upstream upstream(Route route) {
        return upstreamOfRoute.get(route.index());
    }

    /** The same configuration, observed differently. */
    public Snapshot with(Switches changed) {
        return new Snapshot(generation, routes, upstreams, upstreamOfRoute, mcp, changed);
    }
}
