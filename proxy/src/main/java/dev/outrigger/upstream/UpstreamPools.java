package dev.outrigger.upstream;

import dev.outrigger.time.NanoClock;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One worker's pools of one upstream, and which of them may have the next request: those whose endpoints work, neither found
 * dead by the checks nor put out because they fail. {@link Balancer} chooses among those.
 *
 * <p>An endpoint that was put out and is due gets the next request, since only a request can show whether it is back. Below
 * the panic threshold, and when none works, all may have it.
 *
 * <p>Belongs to the worker's loop.
 */
public final class UpstreamPools {
    /** Weights are counted in hundredths, so that slow start can be seen in a weight of 1. */
    private static final int WHOLE = 100;
    /** What slow start begins with; as Envoy has it. */
    private static final int LEAST = 10;

    private final EndpointPool[] pools;
    private final int[] weights;
    private final long slowStartNanos;
    private final double panicThreshold;
    private final Balancer balancer;
    private final Candidates candidates;
    private final NanoClock clock;
    private final Function<Endpoint, @Nullable EndpointPool> others;

    /**
     * @param pools of the upstream's endpoints, in their order
     * @param others finds the pool of an endpoint that is not among them; null if it has none
     */
    UpstreamPools(
            Upstream upstream,
            EndpointPool[] pools,
            RandomGenerator random,
            NanoClock clock,
            Function<Endpoint, @Nullable EndpointPool> others) {
        this.pools = pools;
        this.weights = new int[pools.length];
        for (int i = 0; i < pools.length; i++) {
            weights[i] = upstream.weight(i);
        }
        this.slowStartNanos = upstream.config().balancing().slowStart().toNanos();
        this.panicThreshold = upstream.config().balancing().panicThreshold();
        this.balancer = Balancer.of(upstream.config().balancing().loadBalancer(), pools.length, random);
        this.candidates = new Candidates(pools.length);
        this.clock = clock;
        this.others = others;
    }

    /** Whether there is none: the addresses of the upstream are not known yet. Then nothing may be picked. */
    public boolean isEmpty() {
        return pools.length == 0;
    }

    /** The one that the balancer chooses. */
    public EndpointPool pick() {
        return pick(null);
    }

    /** Another one than {@code tried}, if there is another that works. */
    public EndpointPool pickOther(EndpointPool tried) {
        return pick(tried.endpoint());
    }

    private EndpointPool pick(@Nullable Endpoint tried) {
        if (pools.length == 1) {
            return pools[0];
        }
        long nowNanos = clock.nanoTime();
        EndpointPool due = due(tried, nowNanos);
        if (due != null) {
            return due;
        }
        gather(tried, slowStartNanos > 0, nowNanos);
        return balancer.choose(candidates, nowNanos);
    }

    /**
     * The one that a key belongs to. It stays there as long as the endpoint works, so weights count in full: a key that slow
     * start keeps away would move later.
     *
     * @param key see {@link #key}
     */
    public EndpointPool pickFor(long key) {
        if (pools.length == 1) {
            return pools[0];
        }
        candidates.clear();
        for (int i = 0; i < pools.length; i++) {
            if (!pools[i].endpoint().isDead()) {
                candidates.add(pools[i], i, weights[i]);
            }
        }
        EndpointPool own = candidates.size() == 0 ? null : KeyHash.choose(candidates, key);
        if (own != null
                && (!own.endpoint().ejection().isOut()
                        || own.endpoint().ejection().takesProbe(clock.nanoTime()))) {
            return own;
        }
        gather(null, false, 0);
        return KeyHash.choose(candidates, key);
    }

    /** The one that a key belongs to next, if {@code tried} does not do; that one again if no other works. */
    public EndpointPool pickOtherFor(long key, EndpointPool tried) {
        if (pools.length == 1) {
            return pools[0];
        }
        gather(tried.endpoint(), false, 0);
        return KeyHash.choose(candidates, key);
    }

    /** What a text comes to as a key, or a part of it. */
    public static long key(CharSequence text, int from, int end) {
        return KeyHash.of(text, from, end);
    }

    /** The pool of one endpoint, for what must go there; null if it is none of this upstream's, or no more. */
    public @Nullable EndpointPool of(Endpoint endpoint) {
        for (EndpointPool pool : pools) {
            if (pool.endpoint() == endpoint) {
                return pool;
            }
        }
        return others.apply(endpoint);
    }

    /** One that was put out, whose time is over, and that this request may try. */
    private @Nullable EndpointPool due(@Nullable Endpoint tried, long nowNanos) {
        for (EndpointPool pool : pools) {
            Endpoint endpoint = pool.endpoint();
            if (endpoint.ejection().isOut()
                    && endpoint != tried
                    && !endpoint.isDead()
                    && endpoint.ejection().takesProbe(nowNanos)) {
                return pool;
            }
        }
        return null;
    }

    /** Fills the candidates, with at least one. */
    private void gather(@Nullable Endpoint tried, boolean slowly, long nowNanos) {
        candidates.clear();
        int working = 0;
        for (int i = 0; i < pools.length; i++) {
            Endpoint endpoint = pools[i].endpoint();
            if (endpoint.isWorking()) {
                working++;
                if (endpoint != tried) {
                    add(i, slowly, nowNanos);
                }
            }
        }
        boolean panic = working == 0 || working < panicThreshold * pools.length;
        if (!panic && candidates.size() > 0) {
            return;
        }
        // What was tried is better than what does not work, unless nothing works.
        candidates.clear();
        for (int i = 0; i < pools.length; i++) {
            boolean wanted = panic ? pools[i].endpoint() != tried : pools[i].endpoint() == tried;
            if (wanted) {
                add(i, slowly, nowNanos);
            }
        }
    }

    private void add(int place, boolean slowly, long nowNanos) {
        int share = slowly ? pools[place].endpoint().warmth(slowStartNanos, nowNanos, LEAST, WHOLE) : WHOLE;
        candidates.add(pools[place], place, weights[place] * share);
    }
}
