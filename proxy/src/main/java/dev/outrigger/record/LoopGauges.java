package dev.outrigger.record;

import java.util.Map;

/**
 * A loop's gauges and counters as they stood at a hand-over.
 *
 * @param downstreamConnections open now
 * @param exchangesActive begun and not ended
 * @param connectionsAccepted downstream, since the start
 * @param connectionsRefused because of the limit of connections, since the start
 * @param requestsMalformed requests refused before an exchange existed, since the start
 * @param seriesFolded exchanges recorded in an {@code other} series because of the limit of series, since the start
 * @param upstreams copies by upstream name
 * @param streams open ones and their events
 * @param messages copies by upstream name
 */
public record LoopGauges(
        int downstreamConnections,
        int exchangesActive,
        long connectionsAccepted,
        long connectionsRefused,
        long requestsMalformed,
        long seriesFolded,
        Map<String, UpstreamGauges> upstreams,
        Map<StreamKey, StreamGauges> streams,
        Map<String, MessageCounts> messages) {
    /** Of a loop that has not answered yet. */
    public static final LoopGauges NONE = new LoopGauges(0, 0, 0, 0, 0, 0, Map.of(), Map.of(), Map.of());
}
