package dev.outrigger.upstream;

/**
 * What is known of one endpoint's health, as one immutable value.
 *
 * @param healthy what the last checks said; an endpoint never checked counts as healthy
 * @param error why it is not, as a short phrase without addresses ({@code connect refused}); empty when healthy
 * @param latencyNanos how long the last successful check took, 0 before the first
 * @param checkedAtEpochMillis when it was last checked, 0 before the first check
 */
public record EndpointStatus(boolean healthy, String error, long latencyNanos, long checkedAtEpochMillis) {
    public static final EndpointStatus UNKNOWN = new EndpointStatus(true, "", 0, 0);
}
