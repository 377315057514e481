package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How many calls may be under way at once, over all workers.
 *
 * @param max calls under way
 * @param queue calls that wait beyond that; further ones are refused
 * @param queueTimeout longest wait
 * @param adaptive whether the limit follows what the upstream can take, between {@code min} and {@code max}
 * @param min lowest limit that adapting may come to
 */
public record ConcurrencyLimitConfig(int max, int queue, Duration queueTimeout, boolean adaptive, int min) {}
