package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * When a request that takes long is sent a second time beside the first.
 *
 * @param after of waiting for the head of the answer; without it as long as 95 of 100 of its kind take
 */
public record HedgeConfig(Optional<Duration> after) {}
