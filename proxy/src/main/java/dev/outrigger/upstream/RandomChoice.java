package dev.outrigger.upstream;

import java.util.random.RandomGenerator;

/** Any, by weight: nothing to keep, nothing that could herd; evens out over many requests that cost the same. */
final class RandomChoice implements Balancer {
    private final RandomGenerator random;

    RandomChoice(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public EndpointPool choose(Candidates candidates, long nowNanos) {
        return candidates.pool(candidates.sample(random));
    }
}
