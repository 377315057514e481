package dev.outrigger.config.model;

import java.time.Duration;

/**
 * Which endpoint of an upstream gets a request.
 *
 * @param slowStart in which an endpoint that is new, or back, comes to its whole weight; zero for at once
 * @param panicThreshold share of working endpoints, 0 to 1, below which all are used, working or not; 0 for never
 */
public record BalancingConfig(
        LoadBalancer loadBalancer,
        Duration slowStart,
        double panicThreshold,
        AffinityConfig affinity,
        EjectionConfig ejection) {
    /** How the choice is made among those that may be chosen. */
    public enum LoadBalancer {
        /** One after the other, by weight. */
        ROUND_ROBIN,
        /** Of two at random, the one with fewer requests under way. */
        LEAST_REQUEST,
        /** Of two at random, the one whose answers come sooner. */
        PEAK_EWMA,
        /** Any, by weight. */
        RANDOM
    }
}
