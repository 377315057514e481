package dev.outrigger.upstream;

import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The endpoints of upstreams that are named by a name, looked up on one event loop that is no worker's. Workers never look
 * anything up for this: what is found becomes part of a configuration like what is written in one.
 *
 * <p>Every look-up asks: what the resolver would keep is kept here already, for as long as the answer says.
 *
 * <p>All methods may be called by any thread.
 */
public final class DnsDiscovery {
    /** How a look-up ended. */
    public enum Result {
        /** It found addresses. */
        FOUND,
        /** There is no such name, or it has no addresses. */
        NONE,
        /** There was no answer. */
        FAILED
    }

    /** Told of each look-up, on the loop. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param upstream whose name was looked up
         * @param result how that ended
         */
        void onLookup(String upstream, Result result);
    }

    private final EventLoop loop;
    private final EventLoops transport;
    private final Listener listener;
    /** By upstream; changed on the loop only. */
    private final Map<String, DnsWatch> watches = new ConcurrentHashMap<>();

    private final List<CompletableFuture<Void>> rounds = new ArrayList<>();

    public DnsDiscovery(EventLoop loop, EventLoops transport, Listener listener) {
        this.loop = loop;
        this.transport = transport;
        this.listener = listener;
    }

    /**
     * Looks up the names of these upstreams and of no others. What was looked up in the same way before goes on.
     *
     * @return completes, on the loop, when each has had a first result, be it none
     */
    public CompletionStage<Void> reconcile(List<UpstreamConfig> upstreams) {
        List<UpstreamConfig> wanted = List.copyOf(upstreams);
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> reconcile(wanted, done));
        return done.minimalCompletionStage();
    }

    /** The endpoints of an upstream: those that are configured, or what was found last. */
    public List<EndpointConfig> endpoints(UpstreamConfig upstream) {
        if (upstream.dns().isEmpty()) {
            return upstream.endpoints();
        }
        DnsWatch watch = watches.get(upstream.name());
        if (watch == null || !upstream.dns().equals(Optional.of(watch.config()))) {
            return List.of();
        }
        return watch.endpoints();
    }

    /** Ends all look-ups; what was found stays. */
    public void stop() {
        loop.execute(() -> {
            watches.values().forEach(DnsWatch::stop);
            watches.clear();
        });
    }

    private void reconcile(List<UpstreamConfig> upstreams, CompletableFuture<Void> done) {
        Map<String, DnsWatch> earlier = new HashMap<>(watches);
        List<DnsWatch> begun = new ArrayList<>();
        for (UpstreamConfig upstream : upstreams) {
            upstream.dns().ifPresent(dns -> {
                DnsWatch known = earlier.remove(upstream.name());
                if (known == null || !known.config().equals(dns)) {
                    DnsWatch made = new DnsWatch(upstream.name(), dns, loop, resolver(dns), this::onLookup);
                    watches.put(upstream.name(), made);
                    begun.add(made);
                    if (known != null) {
                        known.stop();
                    }
                }
            });
        }
        earlier.forEach((name, watch) -> {
            watches.remove(name);
            watch.stop();
        });
        rounds.add(done);
        endRounds();
        begun.forEach(DnsWatch::begin);
    }

    private void onLookup(DnsWatch watch, Result result) {
        listener.onLookup(watch.upstream(), result);
        endRounds();
    }

    private void endRounds() {
        if (watches.values().stream().allMatch(DnsWatch::isLookedUp)) {
            rounds.forEach(round -> round.complete(null));
            rounds.clear();
        }
    }

    private DnsNameResolver resolver(DnsConfig dns) {
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelType(transport.datagramChannel())
                .socketChannelType(transport.socketChannel())
                .queryTimeoutMillis(dns.timeout().toMillis())
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE);
        if (!dns.servers().isEmpty()) {
            builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(
                    dns.servers().stream().map(DnsDiscovery::address).toList()));
        }
        return builder.build();
    }

    private static InetSocketAddress address(HostPort server) {
        return new InetSocketAddress(server.host(), server.port());
    }
}
