package dev.outrigger.transport;

/**
 * What an HTTP/2 connection to an upstream is held to.
 *
 * @param maxConcurrentStreams at one time on one connection; the upstream may allow fewer
 * @param streamWindowBytes what may be under way of one answer while nobody reads it
 * @param connectionWindowBytes the same of all answers together, at least 65,535, where every connection begins
 * @param keepAliveIntervalNanos silence, while a stream is open, after which a PING asks whether anybody is there; 0: never
 * @param keepAliveTimeoutNanos how long the answer to that may take
 */
public record Http2ClientLimits(
        int maxConcurrentStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        long keepAliveIntervalNanos,
        long keepAliveTimeoutNanos) {}
