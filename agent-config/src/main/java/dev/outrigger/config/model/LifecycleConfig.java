package dev.outrigger.config.model;

import java.time.Duration;

/**
 * How the sidecar starts and stops.
 *
 * @param drainTimeout how long exchanges in flight may still take after a stop was asked for; 30 s is the grace period
 *     that Kubernetes gives a pod by default
 * @param warmUp whether exchanges with itself run before it is ready, so that the first client meets compiled code
 * @param warmUpLimit longest that these exchanges may put readiness off
 * @param handOver whether sockets are bound so that a new process of the same user can take over their ports while this
 *     one drains (SO_REUSEPORT)
 */
public record LifecycleConfig(Duration drainTimeout, boolean warmUp, Duration warmUpLimit, boolean handOver) {}
