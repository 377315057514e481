package dev.outrigger.record;

import java.util.Map;

/**
 * A loop's gauges and counters as they stood at a hand-over.
 *
 * @param downstreamConnections open now
 * @param exchangesActive begun and not ended
 * @param connectionsAccepted downstream, since the start
 * @param connectionsRefused because of the limit of connections, since the start
 * @param seriesFolded exchanges recorded in an {@code other} series because of the limit of series, since the start
 * @param upstreams copies by upstream name
 * @param streams open ones and their events
 * @param messages copies by upstream name
 * @param tls copies by listener and upstream
 * @param http2 copies by listener
 * @param listeners copies by listener name
 * @param tcp opaque connections
 * @param entrances how connections began, by listener
 */
public record LoopGauges(
        int downstreamConnections,
        int exchangesActive,
        long connectionsAccepted,
        long connectionsRefused,
        long seriesFolded,
        Map<String, UpstreamGauges> upstreams,
        Map<StreamKey, StreamGauges> streams,
        Map<String, MessageCounts> messages,
        Map<TlsPeer, TlsCounts> tls,
        Map<String, Http2Counts> http2,
        Map<String, ListenerCounts> listeners,
        Map<TcpKey, TcpCounts> tcp,
        Map<String, EntranceCounts> entrances) {
    /** Of a loop that has not answered yet. */
    public static final LoopGauges NONE = new LoopGauges(
            0, 0, 0, 0, 0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());
}
