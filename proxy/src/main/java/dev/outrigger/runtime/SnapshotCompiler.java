package dev.outrigger.runtime;

import dev.outrigger.cache.CacheLedger;
import dev.outrigger.cache.ResponseStore;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ShiftConfig;
import dev.outrigger.config.model.TcpConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.WeightedConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.ConcurrencyLimiter.Scope;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.route.RouteTable;
import dev.outrigger.route.ServerNames;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.ToolBreakers;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamMemory;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns a validated configuration into a {@link Snapshot}. Runs on control. */
public final class SnapshotCompiler {
    private final CircuitBreaker.Listener breakerListener;
    private final Executor maintenance;
    private final NanoClock clock;
    private final LongConsumer onSessionEnd;
    private final CacheLedger ledger = new CacheLedger();

    /**
     * @param maintenance evicts what is remembered of sessions and tasks; no loop
     * @param onSessionEnd told how long each session lasted, in nanoseconds; called by any thread
     */
    public SnapshotCompiler(
            CircuitBreaker.Listener breakerListener, Executor maintenance, NanoClock clock, LongConsumer onSessionEnd) {
        this.breakerListener = breakerListener;
        this.maintenance = maintenance;
        this.clock = clock;
        this.onSessionEnd = onSessionEnd;
    }

    /** What became of the questions to all caches that this has made. */
    public CacheLedger ledger() {
        return ledger;
    }

    /**
     * Compiles a configuration without any effect on the one in force, so that it can still be dropped. It takes effect with
     * {@link #commit} and {@link Worker#adopt}.
     *
     * <p>What is equal goes on: an upstream whose configuration is the same is the same object, and one that has changed keeps
     * its breaker, what is remembered of it, and the endpoints that it still has. A route keeps the answers that it has.
     *
     * @param config validated: every route names an upstream that exists
     * @param before the one in force; null for the first
     */
    public Snapshot compile(ProxyConfig config, @Nullable Snapshot before) {
        return compile(config, before, UpstreamConfig::endpoints);
    }

    /**
     * {@link #compile(ProxyConfig, Snapshot)} with endpoints that are not all in the configuration.
     *
     * @param found the endpoints of an upstream as they are known now; none if they are not
     */
    public Snapshot compile(
            ProxyConfig config, @Nullable Snapshot before, Function<UpstreamConfig, List<EndpointConfig>> found) {
        long generation = before == null ? 1 : before.generation() + 1;
        Map<String, Upstream> earlier = byName(before);
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        for (UpstreamConfig upstream : config.upstreams()) {
            Upstream known = earlier.get(upstream.name());
            List<EndpointConfig> addresses = addresses(upstream, known, found.apply(upstream));
            upstreams.put(upstream.name(), compile(upstream, addresses, known, config.mcp(), generation));
        }
        Limiters limiters = before == null
                ? new Limiters(maintenance, clock)
                : before.limiters().next();
        limiters.overload(config.overload());
        if (before == null) {
            limiters.commit();
        }
        Stream.concat(config.upstreams().stream(), config.original().map(OriginalConfig::upstream).stream())
                .forEach(upstream -> upstream.concurrencyLimit()
                        .ifPresent(limit -> limiters.concurrency(Scope.UPSTREAM, upstream.name(), limit)));
        RouteTable routes = new RouteTable(config.routes(), config.original().map(OriginalConfig::route), limiters);
        List<Destinations> destinations = config.routes().stream()
                .map(route -> destinations(route, upstreams, before))
                .toList();
        return new Snapshot(
                generation,
                routes,
                List.copyOf(upstreams.values()),
                destinations,
                tcpRoutes(config, upstreams),
                config.mcp(),
                Switches.of(config.telemetry()),
                limiters,
                stores(config, before),
                interception(config, upstreams.values(), routes, before));
    }

    /** Destinations are forgotten where anything changes that holds for all of them. */
    private Interception interception(
            ProxyConfig config, Collection<Upstream> upstreams, RouteTable routes, @Nullable Snapshot before) {
        OriginalConfig original = config.original().orElse(null);
        if (original == null) {
            return Interception.NONE;
        }
        Originals known = before == null ? null : before.interception().originals();
        Originals originals = known != null && known.isOf(original, config.mcp())
                ? known
                : new Originals(original, config.mcp(), maintenance, clock, breakerListener, onSessionEnd);
        return Interception.of(config.listeners(), upstreams, routes, originals);
    }

    /** What a route has kept is still good if it keeps the same, of the same upstream. */
    private Map<String, ResponseStore> stores(ProxyConfig config, @Nullable Snapshot before) {
        Map<String, ResponseStore> stores = new HashMap<>();
        for (RouteConfig route : config.routes()) {
            route.cache().ifPresent(cache -> {
                ResponseStore earlier = before == null ? null : before.stores().get(route.name());
                boolean goesOn = earlier != null && earlier.isOf(route);
                stores.put(
                        route.name(),
                        goesOn
                                ? earlier
                                : new ResponseStore(route, cache, ledger.of(route.name()), maintenance, clock));
            });
        }
        return Map.copyOf(stores);
    }

    private static Map<String, TcpRoute> tcpRoutes(ProxyConfig config, Map<String, Upstream> upstreams) {
        Map<String, TcpRoute> routes = new HashMap<>();
        for (ListenerConfig listener : config.listeners()) {
            TcpConfig tcp = listener.tcp();
            boolean isHttp = listener.protocol() == ListenerConfig.Protocol.HTTP;
            if (isHttp && listener.interception().isEmpty()) {
                continue;
            }
            Map<String, Upstream> byServerName = new HashMap<>();
            tcp.sni().forEach((name, upstream) -> byServerName.put(name, known(upstreams, upstream)));
            Upstream others = tcp.upstream().map(name -> known(upstreams, name)).orElse(null);
            routes.put(
                    listener.name(),
                    new TcpRoute(
                            new ServerNames<>(byServerName, others),
                            tcp.idleTimeout().toNanos()));
        }
        return Map.copyOf(routes);
    }

    private Destinations destinations(RouteConfig route, Map<String, Upstream> upstreams, @Nullable Snapshot before) {
        List<Upstream> alternates =
                route.alternates().stream().map(name -> known(upstreams, name)).toList();
        if (route.shift().isPresent()) {
            ShiftConfig shift = route.shift().get();
            Destinations.Shifting shifting = new Destinations.Shifting(
                    shift(route.name(), shift, before), known(upstreams, shift.from()), known(upstreams, shift.to()));
            return new Destinations(shifting, alternates);
        }
        if (route.weighted().isEmpty()) {
            return new Destinations(List.of(known(upstreams, route.upstream())), List.of(1), alternates);
        }
        return new Destinations(
                route.weighted().stream()
                        .map(part -> known(upstreams, part.upstream()))
                        .toList(),
                route.weighted().stream().map(WeightedConfig::weight).toList(),
                alternates);
    }

    /** One that is configured as before stays where it has got to. */
    private TrafficShift shift(String route, ShiftConfig config, @Nullable Snapshot before) {
        return before == null
                ? new TrafficShift(route, config, clock.nanoTime())
                : before.shifts().stream()
                        .map(Destinations.Shifting::shift)
                        .filter(known ->
                                known.route().equals(route) && known.config().equals(config))
                        .findFirst()
                        .orElseGet(() -> new TrafficShift(route, config, clock.nanoTime()));
    }

    private static Upstream known(Map<String, Upstream> upstreams, String name) {
        Upstream upstream = upstreams.get(name);
        if (upstream == null) {
            throw new IllegalStateException("route to unknown upstream " + name + " passed validation");
        }
        return upstream;
    }

    private static Map<String, Upstream> byName(@Nullable Snapshot snapshot) {
        Map<String, Upstream> named = new LinkedHashMap<>();
        if (snapshot != null) {
            snapshot.upstreams().forEach(upstream -> named.put(upstream.name(), upstream));
        }
        return named;
    }

    /** A name that was found once is not lost because it is about to be looked up anew. */
    private static List<EndpointConfig> addresses(
            UpstreamConfig config, @Nullable Upstream earlier, List<EndpointConfig> found) {
        if (earlier == null || !found.isEmpty() || !earlier.config().dns().equals(config.dns())) {
            return found;
        }
        return earlier.addresses();
    }

    private Upstream compile(
            UpstreamConfig config,
            List<EndpointConfig> addresses,
            @Nullable Upstream earlier,
            McpConfig mcp,
            long generation) {
        if (earlier == null) {
            CircuitBreaker breaker = new CircuitBreaker(config.name(), config.breaker(), breakerListener);
            UpstreamMemory memory = UpstreamMemory.of(
                    mcp, maintenance, clock, onSessionEnd, new ToolBreakers(config.name(), breakerListener));
            List<Endpoint> endpoints = endpoints(addresses, List.of(), generation);
            return new Upstream(config, breaker, addresses, endpoints, List.of(), memory);
        }
        List<Endpoint> endpoints = endpoints(addresses, earlier.reachable(), generation);
        List<Endpoint> draining = draining(config, earlier, endpoints);
        boolean isEqual = earlier.config().equals(config)
                && earlier.endpoints().equals(endpoints)
                && earlier.addresses().equals(addresses)
                && earlier.draining().equals(draining);
        return isEqual
                ? earlier
                : new Upstream(config, earlier.breaker(), addresses, endpoints, draining, earlier.memory());
    }

    /** What was written and is written no more is to be left; what was found and is found no more leaves as its sessions and tasks end. */
    private static List<Endpoint> draining(UpstreamConfig config, Upstream earlier, List<Endpoint> endpoints) {
        if (config.dns().isEmpty() || !config.dns().equals(earlier.config().dns())) {
            return List.of();
        }
        return earlier.reachable().stream()
                .filter(endpoint -> !endpoints.contains(endpoint) && !endpoint.isDead())
                .filter(endpoint ->
                        earlier.sessions().isHeldBy(endpoint) || earlier.tasks().isHeldBy(endpoint))
                .toList();
    }

    private List<Endpoint> endpoints(List<EndpointConfig> addresses, List<Endpoint> earlier, long generation) {
        Map<InetSocketAddress, Endpoint> known = new HashMap<>();
        earlier.forEach(endpoint -> known.put(endpoint.address(), endpoint));
        List<Endpoint> endpoints = new ArrayList<>();
        for (EndpointConfig at : addresses) {
            InetSocketAddress address = address(at.address());
            // Taken out, because two spellings of one address are two endpoints.
            Endpoint kept = known.remove(address);
            endpoints.add(kept == null ? made(address, generation, !earlier.isEmpty()) : kept);
        }
        return endpoints;
    }

    /** @param joins whether there are others that have all their weight */
    private Endpoint made(InetSocketAddress address, long generation, boolean joins) {
        Endpoint made = new Endpoint(address, generation);
        if (joins) {
            made.beginsNow(clock.nanoTime());
        }
        return made;
    }

    /**
     * Lets {@code after} have its effect on what the workers share: thresholds, bounds, the end of what is gone. Cannot fail.
     * May come before, between or after the workers' {@link Worker#adopt}; once for each change.
     *
     * @param before null if {@code after} is the first
     */
    public static void commit(@Nullable Snapshot before, Snapshot after) {
        if (before == null) {
            return;
        }
        after.limiters().commit();
        Map<String, Upstream> gone = byName(before);
        for (Upstream upstream : after.upstreams()) {
            Upstream earlier = gone.remove(upstream.name());
            if (earlier != null && earlier != upstream) {
                commit(upstream);
            }
            upstream.toolBreakers().reconfigure(tool -> after.toolBreaker(upstream, tool));
            if (earlier != null && !before.mcp().equals(after.mcp())) {
                upstream.memory().reconfigure(after.mcp());
            }
        }
        gone.values().forEach(upstream -> upstream.memory().retire());
        Originals left = before.interception().originals();
        if (left != null && left != after.interception().originals()) {
            left.retire();
        }
    }

    private static void commit(Upstream changed) {
        changed.breaker().reconfigure(changed.config().breaker());
        // Where servers share their state, a session goes on elsewhere.
        if (changed.config().sessionAffinity() != UpstreamConfig.SessionAffinity.NONE) {
            changed.sessions().retain(changed.reachable());
        }
    }

    /** A literal address needs no look-up, ever; a name is looked up at each connect. */
    public static InetSocketAddress address(HostPort endpoint) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.host());
        if (literal == null) {
            return InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), endpoint.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of illegal length: " + endpoint.host(), e);
        }
    }
}
