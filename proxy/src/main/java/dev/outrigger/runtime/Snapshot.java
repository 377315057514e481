package dev.outrigger.runtime;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.Map;

/**
 * One configuration, compiled and immutable. An exchange pins the snapshot it began with, so that it never sees two.
 *
 * @param generation which configuration of this process it is, from 1; one that was refused has no number
 * @param upstreamOfRoute by {@link Route#index}
 * @param tcpRoutes by listener; one that takes no opaque connections has none
 */
public record Snapshot(
        long generation,
        RouteTable routes,
        List<Upstream> upstreams,
        List<Upstream> upstreamOfRoute,
        Map<String, TcpRoute> tcpRoutes,
        McpConfig mcp,
        Switches switches) {
    public Upstream upstream(Route route) {
        return upstreamOfRoute.get(route.index());
    }

    /** The same configuration, observed differently. */
    public Snapshot with(Switches changed) {
        return new Snapshot(generation, routes, upstreams, upstreamOfRoute, tcpRoutes, mcp, changed);
    }
}
