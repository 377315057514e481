package dev.outrigger.upstream;

import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.UpstreamConnector;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One worker's pools of all endpoints that its configuration names. They outlast configurations: an endpoint that a new one
 * names as well keeps its connections, whatever else changes about its upstream.
 *
 * <p>Kept here and not in {@link UpstreamPools}, which belongs to one shape of one upstream: exchanges of two configurations
 * share a pool, so that the limits of connections hold for both together.
 *
 * <p>Belongs to the worker's loop.
 */
public final class EndpointPools {
    private final int workers;
    private final UpstreamConnector connector;
    private final LoopTimers timers;
    private final NanoClock clock;
    private final RandomGenerator random;
    private final Map<Endpoint, EndpointPool> pools = new HashMap<>();
    /** Of original destinations, which come and go without a configuration. */
    private final Map<Upstream, UpstreamPools> originals = new HashMap<>();

    private long generation;

    /** @param workers among which the limits of an upstream are shared out */
    public EndpointPools(
            int workers, UpstreamConnector connector, LoopTimers timers, NanoClock clock, RandomGenerator random) {
        this.workers = workers;
        this.connector = connector;
        this.timers = timers;
        this.clock = clock;
        this.random = random;
    }

    /**
     * The pools of an upstream. Endpoints that have one keep it, with the limits that {@code upstream} sets.
     *
     * @param gauges of the upstream's name on this loop
     */
    public UpstreamPools of(Upstream upstream, UpstreamGauges gauges) {
        PoolSettings settings = PoolSettings.of(upstream.config(), workers);
        EndpointPool[] ofUpstream = upstream.endpoints().stream()
                .map(endpoint -> pool(endpoint, settings, gauges))
                .toArray(EndpointPool[]::new);
        return new UpstreamPools(upstream, ofUpstream, random, clock, endpoint -> late(endpoint, settings, gauges));
    }

    /**
     * The pools of an original destination, made when first asked for.
     *
     * @param gauges of the name of all of them on this loop
     */
    public UpstreamPools original(Upstream upstream, UpstreamGauges gauges) {
        UpstreamPools known = originals.get(upstream);
        if (known == null) {
            Sources sources = Objects.requireNonNull(upstream.sources());
            PoolSettings settings = PoolSettings.of(upstream.config(), workers);
            EndpointPool[] one = upstream.endpoints().stream()
                    .map(endpoint -> pool(endpoint, settings.from(sources, endpoint.address()), gauges))
                    .toArray(EndpointPool[]::new);
            known = new UpstreamPools(upstream, one, random, clock, endpoint -> null);
            originals.put(upstream, known);
        }
        return known;
    }

    /**
     * Closes the pools of original destinations that are not known any more. Exchanges that have gone there go on with theirs.
     *
     * @param known those that are
     */
    public void retainOriginals(Collection<Upstream> known) {
        Set<Upstream> wanted = new HashSet<>(known);
        originals.keySet().removeIf(upstream -> {
            boolean gone = !wanted.contains(upstream);
            if (gone) {
                upstream.endpoints().stream()
                        .map(pools::remove)
                        .filter(Objects::nonNull)
                        .forEach(EndpointPool::close);
            }
            return gone;
        });
    }

    private EndpointPool pool(Endpoint endpoint, PoolSettings settings, UpstreamGauges gauges) {
        EndpointPool known = pools.get(endpoint);
        if (known != null) {
            known.reconfigure(settings);
            return known;
        }
        return make(endpoint, settings, gauges);
    }

    private EndpointPool make(Endpoint endpoint, PoolSettings settings, UpstreamGauges gauges) {
        EndpointPool made = new EndpointPool(endpoint, settings, connector, timers, clock, gauges);
        pools.put(endpoint, made);
        return made;
    }

    /**
     * The pool of an endpoint that an exchange's own configuration does not name. Workers take a new configuration over one
     * after the other, so a session may have been opened, by way of another worker, at an endpoint that this one is about to
     * learn of. Null if it is gone.
     */
    private @Nullable EndpointPool late(Endpoint endpoint, PoolSettings settings, UpstreamGauges gauges) {
        EndpointPool known = pools.get(endpoint);
        return known != null || endpoint.generation() <= generation ? known : make(endpoint, settings, gauges);
    }

    /**
     * A configuration is in force now: closes the pools of endpoints that it does not name. Exchanges that began with an
     * earlier one may go on with theirs.
     *
     * @param newGeneration its number
     * @param upstreams its upstreams, each of which was asked {@link #of for} before
     */
    public void retain(long newGeneration, Collection<Upstream> upstreams) {
        generation = newGeneration;
        Set<Endpoint> named = new HashSet<>();
        upstreams.forEach(upstream -> named.addAll(upstream.reachable()));
        originals.keySet().forEach(upstream -> named.addAll(upstream.endpoints()));
        pools.values().removeIf(pool -> {
            boolean gone = !named.contains(pool.endpoint());
            if (gone) {
                pool.close();
            }
            return gone;
        });
    }

    /** Closes idle connections; those in use close when their exchange ends. */
    public void close() {
        pools.values().forEach(EndpointPool::close);
    }
}
