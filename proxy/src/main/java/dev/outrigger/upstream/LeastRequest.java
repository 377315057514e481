package dev.outrigger.upstream;

import java.util.random.RandomGenerator;

/**
 * Of two picked at random, by weight, the one with less to do for its weight.
 *
 * <p>Two random choices come close to the best choice without looking at all endpoints, and do not send every worker to the
 * same endpoint at the same moment, as an exact minimum would (Mitzenmacher, "The Power of Two Choices"). When both have as
 * much to do the first stays, so that weights hold for an upstream that is idle, too.
 */
final class LeastRequest implements Balancer {
    private final RandomGenerator random;

    LeastRequest(RandomGenerator random) {
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
        long loadOfA = (long) a.load() * candidates.weight(second);
        long loadOfB = (long) b.load() * candidates.weight(first);
        return loadOfB < loadOfA ? b : a;
    }
}
