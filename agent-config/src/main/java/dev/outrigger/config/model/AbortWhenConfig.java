package dev.outrigger.config.model;

import java.time.Duration;

/**
 * What calls a traffic shift off, of the calls that went to the new upstream since the last step.
 *
 * @param errorRate more failures than this share, 0 to 1
 * @param p99 more than one in a hundred took longer
 */
public record AbortWhenConfig(double errorRate, Duration p99) {}
