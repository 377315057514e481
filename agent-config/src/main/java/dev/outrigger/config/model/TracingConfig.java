package dev.outrigger.config.model;

import java.util.Optional;

/**
 * W3C trace context and span export.
 *
 * @param enabled whether trace headers are continued or begun at all
 * @param otlpEndpoint URL of an OTLP receiver ({@code http://collector:4317}), without credentials; empty exports nothing,
 *     headers still pass
 * @param sample share of traces begun here that are sampled, 0 to 1; a caller's own decision is always kept
 * @param headers sent to the receiver with every export, usually to authenticate: one {@code name: value} or {@code
 *     name=value} per line or between commas
 */
public record TracingConfig(
        boolean enabled, String otlpEndpoint, Protocol protocol, double sample, Optional<Secret> headers) {
    /** How spans travel to the receiver. */
    public enum Protocol {
        /** OTLP over gRPC, usually port 4317. */
        GRPC,
        /** OTLP over HTTP with protobuf, usually port 4318. */
        HTTP
    }
}
