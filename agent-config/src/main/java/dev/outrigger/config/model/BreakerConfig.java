package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * When a circuit breaker opens and how it closes again.
 *
 * @param consecutiveFailures failures in a row that open it
 * @param openFor how long it refuses every call before it lets probes through, the first time
 * @param halfOpenCalls probes let through at once, and successes needed to close
 * @param backoff how much longer it refuses each time after that
 * @param failureRate the rate of failures that opens it; none without
 * @param slowCall the rate of slow calls that opens it; none without. Looks at the same window as the rate of failures
 * @param failsOn which answers are failures
 */
public record BreakerConfig(
        int consecutiveFailures,
        Duration openFor,
        int halfOpenCalls,
        BackoffConfig backoff,
        Optional<FailureRateConfig> failureRate,
        Optional<SlowCallConfig> slowCall,
        FailsOnConfig failsOn) {

    /** Failures in a row alone, and the same open time at each trip. */
    public BreakerConfig(int consecutiveFailures, Duration openFor, int halfOpenCalls) {
        this(
                consecutiveFailures,
                openFor,
                halfOpenCalls,
                BackoffConfig.NONE,
                Optional.empty(),
                Optional.empty(),
                FailsOnConfig.SERVER_ERRORS);
    }
}
