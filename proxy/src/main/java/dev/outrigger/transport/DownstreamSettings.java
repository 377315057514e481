package dev.outrigger.transport;

import dev.outrigger.config.model.HttpRulesConfig;
import java.util.function.BiConsumer;

/**
 * What all connections of one listener share.
 *
 * @param listener its name
 * @param entrance how a connection begins
 * @param limits bounds of a head
 * @param http2 bounds of an HTTP/2 connection
 * @param rules what is made of requests that two readers may understand differently, and of slow clients
 * @param requestHeadTimeoutNanos from the first byte of a head to its last; also from the accept to the first byte
 * @param idleTimeoutNanos between two requests
 * @param drainIdleNanos how long a connection that drains may rest before it closes: time for a request that is under way
 * @param defects told of exceptions that are not the network's (where, what)
 */
public record DownstreamSettings(
        String listener,
        EntranceSettings entrance,
        HttpLimits limits,
        Http2Limits http2,
        HttpRulesConfig rules,
        long requestHeadTimeoutNanos,
        long idleTimeoutNanos,
        long drainIdleNanos,
        BiConsumer<String, Throwable> defects) {}
