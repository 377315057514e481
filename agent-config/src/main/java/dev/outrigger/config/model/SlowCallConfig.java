package dev.outrigger.config.model;

import java.time.Duration;

/**
 * When an upstream is too slow to be asked on.
 *
 * @param threshold a call that takes longer is slow
 * @param rate share of slow calls that is too much, above 0 and up to 1
 * @param window how far back it looks
 * @param minCalls calls in the window before it judges at all
 */
public record SlowCallConfig(Duration threshold, double rate, Duration window, int minCalls) {}
