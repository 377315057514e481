package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How the sidecar stops.
 *
 * @param drainTimeout how long exchanges in flight may still take after a stop was asked for; 30 s is the grace period
 *     that Kubernetes gives a pod by default
 */
public record LifecycleConfig(Duration drainTimeout) {}
