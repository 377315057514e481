package dev.outrigger.runtime;

import dev.outrigger.config.model.TelemetryConfig;

/**
 * What is observed, as far as an operator may change it without a new configuration.
 *
 * @param tracing whether trace headers are continued and begun; otherwise they pass as they are
 * @param sample share of the traces begun here that are sampled, 0 to 1
 * @param metrics whether exchanges are recorded
 * @param accessLog whether exchanges are written to the access log
 */
public record Switches(boolean tracing, double sample, boolean metrics, boolean accessLog) {
    /** As the configuration sets them. */
    public static Switches of(TelemetryConfig telemetry) {
        return new Switches(
                telemetry.tracing().enabled(),
                telemetry.tracing().sample(),
                telemetry.prometheus().enabled(),
                !telemetry.accessLog().path().isEmpty());
    }
}
