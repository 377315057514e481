package dev.outrigger.config.model;

import java.time.Duration;
import java.util.Optional;

/**
 * What {@code /metrics} shows.
 *
 * @param enabled whether exchanges are recorded; if not, only what the process knows of itself is shown
 * @param quantileWindow length of the interval that {@code latency_quantile_seconds} covers; two usual scrape intervals
 *     of 5 s, so that a quantile is both fresh and not of a handful of calls
 * @param token the bearer token that {@code GET /metrics} on the status port must carry; empty asks for none
 * @param merge URL of metrics of the application, appended to the sidecar's; empty for none
 */
public record PrometheusConfig(boolean enabled, Duration quantileWindow, Optional<Secret> token, String merge) {}
