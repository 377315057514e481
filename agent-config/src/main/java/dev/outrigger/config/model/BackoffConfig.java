package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How the open time of a breaker grows while the upstream does not recover.
 *
 * @param factor by which it grows with each trip that follows another one too soon, from 1 (never)
 * @param max what it grows to, before the jitter; no less than the first open time, whatever stands here
 * @param jitter share of it that is added at random, 0 to 1, so that many sidecars do not probe at the same moment
 */
public record BackoffConfig(double factor, Duration max, double jitter) {
    /** The same open time at each trip. */
    public static final BackoffConfig NONE = new BackoffConfig(1, Duration.ZERO, 0);
}
