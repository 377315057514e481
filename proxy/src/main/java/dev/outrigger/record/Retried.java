package dev.outrigger.record;

/**
 * An attempt of an exchange that was not its last.
 *
 * @param atNanos when the next one was decided upon, in the clock's reading
 * @param endpoint where it went, {@code host:port}; never for clients
 * @param reason why there was another one
 * @param status of its answer; 0 if there was none
 */
public record Retried(long atNanos, String endpoint, RetryReason reason, int status) {}
