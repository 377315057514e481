package dev.outrigger.upstream;

import dev.outrigger.config.model.BalancingConfig.LoadBalancer;
import java.util.random.RandomGenerator;

/** Chooses between the endpoints that may be chosen. One worker's, for one upstream; called on its loop, allocates nothing. */
interface Balancer {
    /**
     * @param candidates at least one
     * @param nowNanos the clock's reading
     */
    EndpointPool choose(Candidates candidates, long nowNanos);

    /**
     * The one that a configuration names.
     *
     * @param endpoints how many there are, candidates or not
     */
    static Balancer of(LoadBalancer kind, int endpoints, RandomGenerator random) {
        return switch (kind) {
            case ROUND_ROBIN -> new RoundRobin(endpoints);
            case LEAST_REQUEST -> new LeastRequest(random);
            case PEAK_EWMA -> new PeakEwma(random);
            case RANDOM -> new RandomChoice(random);
        };
    }
}
