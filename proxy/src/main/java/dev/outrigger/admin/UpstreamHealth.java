package dev.outrigger.admin;

import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.Upstream;
import java.util.List;

/**
 * One upstream at a glance, for readers who may not learn where it runs.
 *
 * @param available its breaker is not open and at least one endpoint is healthy
 * @param error why it is not available; empty if it is. Free of addresses
 * @param latencyNanos the best of its healthy endpoints' last checks; 0 if none was measured
 * @param checkedAtEpochMillis the latest check of any endpoint; 0 before the first
 */
record UpstreamHealth(boolean available, String error, long latencyNanos, long checkedAtEpochMillis) {

    /** Reads the breaker and each status once, so that the answer agrees with itself while both move on. */
    static UpstreamHealth of(Upstream upstream) {
        boolean open = upstream.breaker().state() == CircuitBreaker.State.OPEN;
        List<EndpointStatus> statuses =
                upstream.endpoints().stream().map(Endpoint::status).toList();
        boolean anyHealthy = statuses.stream().anyMatch(EndpointStatus::healthy);
        return new UpstreamHealth(
                !open && anyHealthy,
                open ? "breaker open" : anyHealthy ? "" : firstError(statuses),
                statuses.stream()
                        .filter(EndpointStatus::healthy)
                        .mapToLong(EndpointStatus::latencyNanos)
                        .filter(nanos -> nanos > 0)
                        .min()
                        .orElse(0),
                statuses.stream()
                        .mapToLong(EndpointStatus::checkedAtEpochMillis)
                        .max()
                        .orElse(0));
    }

    private static String firstError(List<EndpointStatus> statuses) {
        return statuses.stream()
                .map(EndpointStatus::error)
                .filter(error -> !error.isEmpty() && !mayHoldAddress(error))
                .findFirst()
                .orElse("no healthy endpoint");
    }

    /** The phrases of the health checks are words and status codes; host names, addresses and ports need one of these. */
    private static boolean mayHoldAddress(String error) {
        return error.chars().anyMatch(c -> c == '.' || c == ':' || c == '/');
    }
}
