package dev.outrigger.upstream;

import java.util.random.RandomGenerator;

/**
 * Of two picked at random, by weight, the one where the next answer will come sooner: its average latency times what it has
 * to do, for its weight. Unlike {@link LeastRequest} it sees that an endpoint is slow before requests pile up there.
 *
 * <p>One that has never answered gets a first request, and no second one before its answer is here, unless all are like it.
 */
final class PeakEwma implements Balancer {
    /** Longer than any latency. */
    private static final double UNKNOWN_NANOS = 1e15;

    private final RandomGenerator random;

    PeakEwma(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public EndpointPool choose(Candidates candidates, long nowNanos) {
        int first = candidates.sample(random);
        if (candidates.size() == 1) {
            return candidates.pool(first);
        }
        int second = candidates.sampleOther(random, first);
        EndpointPool a = candidates.pool(first);
        EndpointPool b = candidates.pool(second);
        double costOfA = cost(a, nowNanos) * candidates.weight(second);
        double costOfB = cost(b, nowNanos) * candidates.weight(first);
        return costOfB < costOfA ? b : a;
    }

    private static double cost(EndpointPool pool, long nowNanos) {
        int load = pool.load();
        if (!pool.latency().isKnown()) {
            return load == 0 ? 0 : UNKNOWN_NANOS * load;
        }
        return pool.latency().nanos(nowNanos) * (load + 1);
    }
}
