package dev.outrigger.resilience;

import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.SlowCallConfig;
import java.util.concurrent.TimeUnit;

/**
 * What a {@link CircuitBreaker} judges by, in the units of the hot path; replaced as a whole. A rate that is not judged has a
 * threshold that no share exceeds, so that asking needs no cases.
 */
final class BreakerRules {
    private static final double NEVER = 2;
    private static final double ROUNDING = 1e-9;

    private final BreakerConfig config;
    private final int consecutiveFailures;
    private final int halfOpenCalls;
    private final long openForNanos;
    private final double backoffFactor;
    private final double longestOpenNanos;
    private final double jitter;
    private final long windowNanos;
    private final int minCalls;
    private final double failureRate;
    private final double slowRate;
    private final long slowNanos;
    private final FailureRules failsOn;

    BreakerRules(BreakerConfig config) {
        this.config = config;
        consecutiveFailures = atLeastOne("consecutive-failures", config.consecutiveFailures());
        halfOpenCalls = atLeastOne("half-open-calls", config.halfOpenCalls());
        openForNanos = TimeUnit.NANOSECONDS.convert(config.openFor());
        BackoffConfig backoff = config.backoff();
        backoffFactor = backoff.factor();
        longestOpenNanos = Math.max(openForNanos, TimeUnit.NANOSECONDS.convert(backoff.max()));
        jitter = backoff.jitter();
        failureRate = config.failureRate().map(FailureRateConfig::threshold).orElse(NEVER);
        slowRate = config.slowCall().map(SlowCallConfig::rate).orElse(NEVER);
        slowNanos = config.slowCall()
                .map(slow -> TimeUnit.NANOSECONDS.convert(slow.threshold()))
                .orElse(Long.MAX_VALUE);
        windowNanos = config.failureRate()
                .map(FailureRateConfig::window)
                .or(() -> config.slowCall().map(SlowCallConfig::window))
                .map(TimeUnit.NANOSECONDS::convert)
                .orElse(0L);
        minCalls = config.failureRate()
                .map(FailureRateConfig::minCalls)
                .or(() -> config.slowCall().map(SlowCallConfig::minCalls))
                .orElse(0);
        failsOn = new FailureRules(config.failsOn());
    }

    private static int atLeastOne(String key, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " = " + value + ", expected 1 or more");
        }
        return value;
    }

    BreakerConfig config() {
        return config;
    }

    int halfOpenCalls() {
        return halfOpenCalls;
    }

    FailureRules failsOn() {
        return failsOn;
    }

    /** Whether rates are judged at all. */
    boolean keepsWindow() {
        return windowNanos > 0;
    }

    /** How far back rates are judged; 0 if they are not. */
    long windowNanos() {
        return windowNanos;
    }

    boolean isSlow(long durationNanos) {
        return durationNanos > slowNanos;
    }

    /**
     * How long the breaker refuses calls.
     *
     * @param trips how often it has tripped without having recovered in between, from 1
     * @param chance drawn at the trip, from 0 up to 1
     */
    long openNanos(int trips, double chance) {
        double nanos = openForNanos;
        for (int i = 1; i < trips && nanos < longestOpenNanos && backoffFactor > 1; i++) {
            nanos *= backoffFactor;
        }
        return (long) (Math.min(nanos, longestOpenNanos) * (1 + jitter * chance));
    }

    boolean isTooManyInARow(int failures) {
        return failures >= consecutiveFailures;
    }

    /** @param counts see {@link BreakerWindow#counts} */
    boolean isFailingTooOften(long counts) {
        return isTooMany(BreakerWindow.failures(counts), BreakerWindow.calls(counts), failureRate);
    }

    /** @param counts see {@link BreakerWindow#counts} */
    boolean isSlowTooOften(long counts) {
        return isTooMany(BreakerWindow.slow(counts), BreakerWindow.calls(counts), slowRate);
    }

    /** Three of thirty are a tenth, whatever floating-point numbers make of it. */
    private boolean isTooMany(int bad, int calls, double rate) {
        return calls >= minCalls && bad >= (rate - ROUNDING) * calls;
    }
}
