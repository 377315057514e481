package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;

/**
 * Active checks of every endpoint of an upstream.
 *
 * @param interval between two checks of one endpoint
 * @param timeout until a check without an answer counts as failed; not longer than the interval
 * @param healthyAfter successes in a row that make an unhealthy endpoint healthy
 * @param unhealthyAfter failures in a row that make a healthy endpoint unhealthy
 * @param jitter share of the interval, 0 to 1, by which each is shorter or longer at most
 * @param httpPath what a check by HTTP asks for
 * @param httpStatus the answers that it takes: a status such as {@code 204}, or a class such as {@code 2xx}
 * @param mcpPath where a check by MCP finds the server
 */
public record HealthCheckConfig(
        Type type,
        Duration interval,
        Duration timeout,
        int healthyAfter,
        int unhealthyAfter,
        double jitter,
        String httpPath,
        List<String> httpStatus,
        String mcpPath) {
    /** What a check does. */
    public enum Type {
        /** Connects and closes. */
        TCP,
        /** Sends a GET. */
        HTTP,
        /** Asks as an MCP client does at first, in the newest era that the server knows. */
        MCP,
        /** No checks: every endpoint counts as healthy. */
        NONE
    }

    public HealthCheckConfig {
        httpStatus = List.copyOf(httpStatus);
    }
}
