package dev.outrigger.runtime;

import dev.outrigger.config.model.McpConfig;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.upstream.Upstream;
import java.util.List;

/** One configuration, compiled and immutable. An exchange pins the snapshot it began with, so that it never sees two. */
public record Snapshot(RouteTable routes, List<Upstream> upstreams, List<Upstream> upstreamOfRoute, McpConfig mcp) {
    public Upstream upstream(Route route) {
        return upstreamOfRoute.get(route.index());
    }

    /** How much of a body is held back at most while the scanner looks for the method and the tool. */
    public long scanLimitBytes() {
        return mcp.scanLimitBytes();
    }
}
