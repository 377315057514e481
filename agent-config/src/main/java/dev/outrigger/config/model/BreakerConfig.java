package dev.outrigger.config.model;

import java.time.Duration;

/**
 * When an upstream's circuit breaker opens and how it closes again.
 *
 * @param consecutiveFailures failures in a row that open it: transport errors, timeouts and 5xx
 * @param openFor how long it refuses every call before it lets probes through
 * @param halfOpenCalls probes let through at once, and successes needed to close
 */
public record BreakerConfig(int consecutiveFailures, Duration openFor, int halfOpenCalls) {}
