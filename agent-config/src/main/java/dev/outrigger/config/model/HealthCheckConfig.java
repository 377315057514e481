package dev.outrigger.config.model;

import java.time.Duration;

/**
 * Active checks of every endpoint of an upstream.
 *
 * @param interval between two checks of one endpoint
 * @param timeout until a check without an answer counts as failed; not longer than the interval
 * @param healthyAfter successes in a row that make an unhealthy endpoint healthy
 * @param unhealthyAfter failures in a row that make a healthy endpoint unhealthy
 */
public record HealthCheckConfig(Type type, Duration interval, Duration timeout, int healthyAfter, int unhealthyAfter) {

    /** What a check does. */
    public enum Type {
        /** Connects and closes. */
        TCP,
        /** No checks: every endpoint counts as healthy. */
        NONE
    }
}
