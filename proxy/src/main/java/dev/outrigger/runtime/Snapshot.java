package dev.outrigger.runtime;

import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.upstream.Upstream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One configuration, compiled and immutable. An exchange pins the snapshot it began with, so that it never sees two.
 *
 * @param generation which configuration of this process it is, from 1; one that was refused has no number
 * @param destinations by {@link Route#index}
 * @param tcpRoutes by listener; one that takes no opaque connections has none
 * @param stores by the name of the route whose answers they keep; most routes have none
 * @param interception where redirected connections belong
 */
public record Snapshot(
        long generation,
        RouteTable routes,
        List<Upstream> upstreams,
        List<Destinations> destinations,
        Map<String, TcpRoute> tcpRoutes,
        McpConfig mcp,
        Switches switches,
        Limiters limiters,
        Map<String, ResponseStore> stores,
        Interception interception) {
    /** Where the requests of a route may go. */
    public Destinations destinations(Route route) {
        return destinations.get(route.index());
    }

    /** The shifts of all routes. */
    public List<Destinations.Shifting> shifts() {
        return destinations.stream()
                .map(Destinations::shifting)
                .filter(Objects::nonNull)
                .toList();
    }

    /** What the breaker of a tool judges by: as the first route to the upstream says that has one for it; null without. */
    @Nullable
    BreakerConfig toolBreaker(Upstream upstream, String tool) {
        byte[] name = tool.getBytes(StandardCharsets.UTF_8);
        return routes.routes().stream()
                .filter(route -> destinations(route).all().contains(upstream))
                .map(route -> route.tools().breaker(name, name.length))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Where the route's answers are kept; null if they are not. */
    public @Nullable ResponseStore store(Route route) {
        return stores.get(route.name());
    }

    /** The same configuration, observed differently. */
    public Snapshot with(Switches changed) {
        return new Snapshot(
                generation, routes, upstreams, destinations, tcpRoutes, mcp, changed, limiters, stores, interception);
    }
}
