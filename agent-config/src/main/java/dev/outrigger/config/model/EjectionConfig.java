package dev.outrigger.config.model;

import java.time.Duration;

/**
 * When an endpoint that fails its requests gets none for a while.
 *
 * @param consecutiveFailures failures in a row that eject it; 0 for never
 * @param baseTime of a first ejection; each that follows soon lasts twice as long
 * @param maxTime of any ejection; at least the base time
 * @param maxShare of an upstream's endpoints, 0 to 1, that may be out at a time
 * @param jitter largest share of an ejection's time, 0 to 1, that is added to it at random
 */
public record EjectionConfig(
        int consecutiveFailures, Duration baseTime, Duration maxTime, double maxShare, double jitter) {}
