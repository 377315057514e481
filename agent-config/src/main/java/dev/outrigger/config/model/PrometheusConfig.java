package dev.outrigger.config.model;

import java.time.Duration;

/**
 * What {@code /metrics} shows.
 *
 * @param quantileWindow length of the interval that {@code latency_quantile_seconds} covers; two usual scrape intervals
 *     of 5 s, so that a quantile is both fresh and not of a handful of calls
 */
public record PrometheusConfig(Duration quantileWindow) {}
