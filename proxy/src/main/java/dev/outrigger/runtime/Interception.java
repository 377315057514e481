package dev.outrigger.runtime;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.transport.LocalEnd;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Sources;
import dev.outrigger.upstream.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where redirected connections, and the requests that come by them, belong in one configuration. Immutable but for the
 * destinations that it finds.
 *
 * <p>What comes in is the application's, and a route claims it by its path as for any listener. What goes out may be meant for
 * anybody, so a path alone claims nothing: of two services that both have {@code /mcp}, each has to get its own. There an
 * upstream claims what was going to one of its endpoints, and a route what its upstreams claim.
 */
public final class Interception {
    /** Of a configuration without a listener that intercepts. */
    public static final Interception NONE = new Interception(Map.of(), Map.of(), null, null);

    private final Map<String, Terms> listeners;
    private final Map<InetSocketAddress, List<Upstream>> claims;
    private final @Nullable RouteTable routes;
    private final @Nullable Originals originals;

    private Interception(
            Map<String, Terms> listeners,
            Map<InetSocketAddress, List<Upstream>> claims,
            @Nullable RouteTable routes,
            @Nullable Originals originals) {
        this.listeners = Map.copyOf(listeners);
        this.claims = claims;
        this.routes = routes;
        this.originals = originals;
    }

    /**
     * @param listeners of the configuration
     * @param upstreams likewise; what they claim are the addresses that are known now, of names none
     * @param routes with one for what none of them claims
     */
    static Interception of(
            List<ListenerConfig> listeners, Collection<Upstream> upstreams, RouteTable routes, Originals originals) {
        Map<String, Terms> terms = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            listener.interception().ifPresent(config -> terms.put(listener.name(), Terms.of(config)));
        }
        Map<InetSocketAddress, List<Upstream>> claims = new HashMap<>();
        for (Upstream upstream : upstreams) {
            for (Endpoint endpoint : upstream.endpoints()) {
                if (!endpoint.address().isUnresolved()) {
                    claims.computeIfAbsent(endpoint.address(), unused -> new ArrayList<>())
                            .add(upstream);
                }
            }
        }
        return new Interception(terms, claims, routes, originals);
    }

    /**
     * Where a request belongs.
     *
     * @param listener that accepted its connection
     * @param original where that was going
     * @param target of the request, in origin form
     * @return null if the listener does not intercept any more
     */
    public @Nullable Way way(Snapshot snapshot, String listener, InetSocketAddress original, String target) {
        Terms terms = listeners.get(listener);
        RouteTable table = routes;
        Originals unnamed = originals;
        if (terms == null || table == null || unnamed == null) {
            return null;
        }
        List<Upstream> claimants = terms.isOutbound ? claims.getOrDefault(original, List.of()) : List.of();
        Route route = terms.isOutbound
                ? table.match(target, candidate -> leadsTo(snapshot.destinations(candidate), claimants))
                : table.match(target);
        if (route != null) {
            return new Way(route, snapshot.destinations(route));
        }
        Destinations destinations =
                claimants.isEmpty() ? unnamed.at(original, terms.sources) : Destinations.of(claimants.get(0));
        return new Way(table.unclaimed(), destinations);
    }

    private static boolean leadsTo(Destinations destinations, List<Upstream> claimants) {
        for (int i = 0; i < claimants.size(); i++) {
            if (destinations.all().contains(claimants.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Where a connection belongs whose bytes pass as they are.
     *
     * @return null if the listener does not intercept any more
     */
    public @Nullable Upstream upstream(String listener, InetSocketAddress original) {
        Terms terms = listeners.get(listener);
        Originals unnamed = originals;
        if (terms == null || unnamed == null) {
            return null;
        }
        List<Upstream> claimants = terms.isOutbound ? claims.get(original) : null;
        return claimants == null ? unnamed.at(original, terms.sources).first() : claimants.get(0);
    }

    /** The destinations that no configuration names; null if no listener intercepts. */
    public @Nullable Originals originals() {
        return originals;
    }

    /** Those that are known now. */
    public List<Upstream> known() {
        return originals == null ? List.of() : originals.known();
    }

    /** A route, and where it leads for one request. */
    public record Way(Route route, Destinations destinations) {}

    /** What holds for one listener. */
    private record Terms(boolean isOutbound, Sources sources) {
        static Terms of(InterceptionConfig config) {
            boolean isOutbound = config.direction() == Direction.OUTBOUND;
            if (isOutbound) {
                return new Terms(true, Sources.ANY);
            }
            // Where the network was not made for it, a connection from anywhere is better than none.
            List<InetAddress> there = config.inboundSource().stream()
                    .filter(LocalEnd::isAvailable)
                    .toList();
            return new Terms(false, config.tproxy() ? Sources.CLIENT : new Sources(there, false));
        }
    }
}
