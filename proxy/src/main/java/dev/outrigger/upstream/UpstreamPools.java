package dev.outrigger.upstream;

import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One worker's pools of one upstream, and the choice between them: of two picked at random the one with less to do.
 *
 * <p>Two random choices come close to the best choice without looking at all endpoints, and do not send every worker to the
 * same endpoint at the same moment, as an exact minimum would (Mitzenmacher, "The Power of Two Choices").
 */
public final class UpstreamPools {
    private final EndpointPool[] pools;
    private final RandomGenerator random;
    private final Function<Endpoint, @Nullable EndpointPool> others;

    /**
     * @param pools at least one
     * @param others finds the pool of an endpoint that is not among them; null if it has none
     */
    UpstreamPools(EndpointPool[] pools, RandomGenerator random, Function<Endpoint, @Nullable EndpointPool> others) {
        this.pools = pools;
        this.random = random;
        this.others = others;
    }

    /** Unhealthy endpoints are passed over while there is a healthy one; when all are unhealthy, all are tried. */
    public EndpointPool pick() {
        if (pools.length == 1) {
            return pools[0];
        }
        int healthy = 0;
        for (EndpointPool pool : pools) {
            healthy += pool.endpoint().status().healthy() ? 1 : 0;
        }
        boolean all = healthy == 0;
        int candidates = all ? pools.length : healthy;
        int first = random.nextInt(candidates);
        if (candidates == 1) {
            return candidate(0, all);
        }
        int second = random.nextInt(candidates - 1);
        EndpointPool a = candidate(first, all);
        EndpointPool b = candidate(second < first ? second : second + 1, all);
        return b.load() < a.load() ? b : a;
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

    private EndpointPool candidate(int index, boolean all) {
        int left = index;
        EndpointPool last = pools[0];
        for (EndpointPool pool : pools) {
            if (all || pool.endpoint().status().healthy()) {
                last = pool;
                if (left-- == 0) {
                    break;
                }
            }
        }
        return last;
    }
}
