package dev.outrigger.transport;

/**
 * Bounds of a client's HTTP/2 connection. A window bounds memory, since what an exchange has not taken yet waits here; a
 * count bounds work, since such frames cost the client nothing.
 *
 * @param maxConcurrentStreams streams at one time; more are refused
 * @param streamWindowBytes what a client may send on one stream ahead of its being taken
 * @param connectionWindowBytes the same for all streams of a connection together
 * @param floodWindowNanos in which the counts below are meant
 * @param maxResets streams that the client resets
 * @param maxProvokedResets streams that the proxy has to reset because the client broke a rule
 * @param maxPings pings to be answered
 * @param maxSettings changes of the client's settings
 * @param maxEmptyFrames DATA frames without data in a row
 * @param maxContinuations small pieces of one head
 * @param maxQueuedControlFrames answers to control frames that the client does not read
 */
public record Http2Limits(
        int maxConcurrentStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        long floodWindowNanos,
        int maxResets,
        int maxProvokedResets,
        int maxPings,
        int maxSettings,
        int maxEmptyFrames,
        int maxContinuations,
        int maxQueuedControlFrames) {}
