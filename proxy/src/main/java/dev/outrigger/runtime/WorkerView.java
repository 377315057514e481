package dev.outrigger.runtime;

import dev.outrigger.record.LoopMetrics;
import dev.outrigger.upstream.EndpointPools;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as one worker carries it: with that worker's connections. Immutable; an exchange pins the one it begins with, and
 * so finds the pools of its own configuration even after the worker has gone on to the next.
 *
 * <p>Used on the worker's loop only, as the pools are.
 */
public final class WorkerView {
    private final Snapshot snapshot;
    /** Filled by the constructor; never changes. */
    private final Map<Upstream, UpstreamPools> pools;

    private final EndpointPools endpoints;
    private final LoopMetrics metrics;

    private WorkerView(
            Snapshot snapshot, Map<Upstream, UpstreamPools> pools, EndpointPools endpoints, LoopMetrics metrics) {
        this.snapshot = snapshot;
        this.pools = pools;
        this.endpoints = endpoints;
        this.metrics = metrics;
    }

    /**
     * Makes the view of {@code snapshot}. An upstream that the earlier one has as well, as the same object, keeps its pools.
     *
     * @param before null for the first
     */
    static WorkerView of(Snapshot snapshot, @Nullable WorkerView before, EndpointPools endpoints, LoopMetrics metrics) {
        if (before != null && before.snapshot.upstreams().equals(snapshot.upstreams())) {
            return new WorkerView(snapshot, before.pools, endpoints, metrics);
        }
        Map<Upstream, UpstreamPools> pools = new HashMap<>();
        for (Upstream upstream : snapshot.upstreams()) {
            UpstreamPools known = before == null ? null : before.pools.get(upstream);
            pools.put(upstream, known == null ? endpoints.of(upstream, metrics.upstream(upstream.name())) : known);
        }
        return new WorkerView(snapshot, pools, endpoints, metrics);
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    /**
     * This worker's connections to an upstream.
     *
     * @param upstream of this view's snapshot, or an original destination
     * @throws IllegalArgumentException if it is of another one
     */
    public UpstreamPools pools(Upstream upstream) {
        UpstreamPools known = pools.get(upstream);
        if (known == null && upstream.isOriginal()) {
            return endpoints.original(upstream, metrics.upstream(upstream.name()));
        }
        if (known == null) {
            throw new IllegalArgumentException("upstream " + upstream.name() + " is none of generation "
                    + snapshot.generation() + ", expected one of its own snapshot");
        }
        return known;
    }
}
