package dev.outrigger.runtime;

import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.McpConfig;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamMemory;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/** Turns a validated configuration into a {@link Snapshot}. Runs on control. */
public final class SnapshotCompiler {
    private final CircuitBreaker.Listener breakerListener;
    private final Executor maintenance;
    private final NanoClock clock;
    private final LongConsumer onSessionEnd;

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

    /** @param config validated: every route names an upstream that exists */
    public Snapshot compile(ProxyConfig config) {
        Map<String, Upstream> upstreams = new LinkedHashMap<>();
        for (UpstreamConfig upstream : config.upstreams()) {
            upstreams.put(upstream.name(), compile(upstream, config.mcp()));
        }
        RouteTable routes = new RouteTable(config.routes());
        List<Upstream> ofRoute = routes.routes().stream()
                .map(Route::upstream)
                .map(name -> {
                    Upstream upstream = upstreams.get(name);
                    if (upstream == null) {
                        throw new IllegalStateException("route to unknown upstream " + name + " passed validation");
                    }
                    return upstream;
                })
                .toList();
        return new Snapshot(routes, List.copyOf(upstreams.values()), ofRoute, config.mcp());
    }

    private Upstream compile(UpstreamConfig config, McpConfig mcp) {
        CircuitBreaker breaker = new CircuitBreaker(config.name(), config.breaker(), breakerListener);
        List<Endpoint> endpoints = config.endpoints().stream()
                .map(SnapshotCompiler::address)
                .map(Endpoint::new)
                .toList();
        return new Upstream(config, breaker, endpoints, UpstreamMemory.of(mcp, maintenance, clock, onSessionEnd));
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
