package dev.outrigger.config.model;

import java.time.Duration;

/**
 * The window of time that a breaker judges rates over, and the rate of failures that opens it.
 *
 * @param threshold share of failures that is too much, above 0 and up to 1
 * @param window how far back it looks
 * @param minCalls calls in the window before it judges at all
 */
public record FailureRateConfig(double threshold, Duration window, int minCalls) {}
