package dev.outrigger.runtime;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.http.Intercepted;
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
import java.util.concurrent.ConcurrentHashMap;
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
    public static final Interception NONE = new Interception(List.of(), Map.of(), null, null);

    /** Where connections to the application come from, by what a listener says. Of listeners that are gone, once asked. */
    private final Map<InterceptionConfig, Sources> sources = new ConcurrentHashMap<>();

    private final Map<InetSocketAddress, List<Upstream>> claims;
    /** What claims leads to where no route does, by its first upstream. */
    private final Map<Upstream, Destinations> claimants = new HashMap<>();

    private final @Nullable RouteTable routes;
    private final @Nullable Originals originals;

    private Interception(
            List<ListenerConfig> listeners,
            Map<InetSocketAddress, List<Upstream>> claims,
            @Nullable RouteTable routes,
            @Nullable Originals originals) {
        for (ListenerConfig listener : listeners) {
            listener.interception().ifPresent(this::sources);
        }
        this.claims = claims;
        claims.values().forEach(all -> claimants.put(all.get(0), Destinations.of(all.get(0))));
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
        Map<InetSocketAddress, List<Upstream>> claims = new HashMap<>();
        for (Upstream upstream : upstreams) {
            for (Endpoint endpoint : upstream.endpoints()) {
                if (!endpoint.address().isUnresolved()) {
                    claims.computeIfAbsent(endpoint.address(), unused -> new ArrayList<>())
                            .add(upstream);
                }
            }
        }
        return new Interception(listeners, claims, routes, originals);
    }

    /**
     * Where a request belongs.
     *
     * @param intercepted its connection
     * @param target of the request, in origin form
     * @return null if nothing is intercepted any more
     */
    public @Nullable Way way(Snapshot snapshot, Intercepted intercepted, String target) {
        RouteTable table = routes;
        Originals unnamed = originals;
        if (table == null || unnamed == null) {
            return null;
        }
        List<Upstream> claiming = claiming(intercepted);
        Route route = intercepted.isOutbound()
                ? table.match(target, candidate -> leadsTo(snapshot.destinations(candidate), claiming))
                : table.match(target);
        if (route != null) {
            return new Way(route, snapshot.destinations(route), true);
        }
        Destinations claimed = claiming.isEmpty() ? null : claimants.get(claiming.get(0));
        return claimed == null
                ? new Way(table.unclaimed(), unnamed.at(intercepted.destination(), sources(intercepted.by())), false)
                : new Way(table.unclaimed(), claimed, true);
    }

    private List<Upstream> claiming(Intercepted intercepted) {
        return intercepted.isOutbound() ? claims.getOrDefault(intercepted.destination(), List.of()) : List.of();
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
     * @return null if nothing is intercepted any more
     */
    public @Nullable Upstream upstream(Intercepted intercepted) {
        Originals unnamed = originals;
        if (unnamed == null) {
            return null;
        }
        List<Upstream> claiming = claiming(intercepted);
        return claiming.isEmpty()
                ? unnamed.at(intercepted.destination(), sources(intercepted.by()))
                        .first()
                : claiming.get(0);
    }

    private Sources sources(InterceptionConfig config) {
        return sources.computeIfAbsent(config, Interception::sourcesOf);
    }

    private static Sources sourcesOf(InterceptionConfig config) {
        if (config.isOutbound()) {
            return Sources.ANY;
        }
        if (config.tproxy()) {
            return Sources.CLIENT;
        }
        // Where the network was not made for it, a connection from anywhere is better than none.
        List<InetAddress> there =
                config.inboundSource().stream().filter(LocalEnd::isAvailable).toList();
        return new Sources(there, false);
    }

    /** The destinations that no configuration names; null if no listener intercepts. */
    public @Nullable Originals originals() {
        return originals;
    }

    /** Those that are known now. */
    public List<Upstream> known() {
        return originals == null ? List.of() : originals.known();
    }

    /**
     * A route, and where it leads for one request.
     *
     * @param claimed whether the configuration says so; else it goes where its connection was going, as it is
     */
    public record Way(Route route, Destinations destinations, boolean claimed) {}
}
