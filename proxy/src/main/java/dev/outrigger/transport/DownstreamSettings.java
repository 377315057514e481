package dev.outrigger.transport;

import java.util.function.BiConsumer;

/**
 * What all connections of one listener share.
 *
 * @param listener its name
 * @param limits bounds of a head
 * @param requestHeadTimeoutNanos from the first byte of a head to its last; also from the accept to the first byte
 * @param idleTimeoutNanos between two requests
 * @param defects told of exceptions that are not the network's (where, what)
 */
public record DownstreamSettings(
        String listener,
        HttpLimits limits,
        long requestHeadTimeoutNanos,
        long idleTimeoutNanos,
        BiConsumer<String, Throwable> defects) {}
