package dev.outrigger.telemetry;

import dev.outrigger.record.StreamKey;
import dev.outrigger.record.TimingKey;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Consumer;

/**
 * The families about what goes on longer than, or inside of, an exchange: sessions, event streams, tunnels, messages. One
 * scrape each.
 */
final class StreamFamilies {
    private static final String CLIENT = "client";
    private static final String SERVER = "server";
    private static final String REQUEST = "request";
    private static final String NOTIFICATION = "notification";
    private static final String RESPONSE = "response";
    private static final String ERROR = "error";

    private final GaugeFamily active =
            new GaugeFamily("mcp_streams_active", "Event streams that are open.", null, "server", "kind");
    private final CounterFamily events =
            new CounterFamily("mcp_stream_events", "Events that upstreams sent on event streams.", "server", "kind");
    private final HistogramFamily durations =
            new HistogramFamily("mcp_stream_duration_seconds", "How long event streams lasted.", 0, "server", "kind");
    private final HistogramFamily firstEvents = new HistogramFamily(
            "mcp_time_to_first_event_seconds",
            "From a request's first byte to the first event of its answer.",
            0,
            "server",
            "kind");
    private final CounterFamily messages =
            new CounterFamily("mcp_messages", "JSON-RPC messages by who sent them.", "server", "direction", "kind");
    private final GaugeFamily sessionsActive =
            new GaugeFamily("mcp_sessions_active", "Sessions that are bound to an endpoint.", null);
    private final HistogramFamily sessionDurations = new HistogramFamily(
            "mcp_server_session_duration_seconds",
            "How long sessions lasted, after the OpenTelemetry conventions.",
            DurationBuckets.OTEL_FIRST);

    private final GaugeFamily tunnelsActive =
            new GaugeFamily("outrigger_tunnels_active", "Tunnels that are open.", null, "server", "kind");
    private final CounterFamily tunnels =
            new CounterFamily("outrigger_tunnels", "Tunnels that were begun.", "server", "kind");
    private final HistogramFamily tunnelDurations =
            new HistogramFamily("outrigger_tunnel_duration_seconds", "How long tunnels lasted.", 0, "server", "kind");

    void add(StreamKey key, MetricsSnapshot.StreamTotals totals) {
        if (key.kind().isTunnel()) {
            tunnelsActive.set(totals.active(), key.upstream(), key.kind().label());
            tunnels.add(totals.begun(), key.upstream(), key.kind().label());
            return;
        }
        active.set(totals.active(), key.upstream(), key.kind().label());
        events.add(totals.events(), key.upstream(), key.kind().label());
    }

    void add(TimingKey key, Distribution timed) {
        switch (key.measure()) {
            case STREAM ->
                (key.kind().isTunnel() ? tunnelDurations : durations)
                        .add(timed, key.subject(), key.kind().label());
            case FIRST_EVENT -> {
                if (!key.kind().isTunnel()) {
                    firstEvents.add(timed, key.subject(), key.kind().label());
                }
            }
            case OVERHEAD, TCP, DETECTION -> {
                // Not a stream's.
            }
        }
    }

    void add(String upstream, MetricsSnapshot.MessageTotals totals) {
        messages.add(totals.clientRequests(), upstream, CLIENT, REQUEST);
        messages.add(totals.clientNotifications(), upstream, CLIENT, NOTIFICATION);
        messages.add(totals.clientResponses(), upstream, CLIENT, RESPONSE);
        messages.add(totals.serverRequests(), upstream, SERVER, REQUEST);
        messages.add(totals.serverNotifications(), upstream, SERVER, NOTIFICATION);
        messages.add(totals.serverResponses(), upstream, SERVER, RESPONSE);
        messages.add(totals.serverErrors(), upstream, SERVER, ERROR);
    }

    void addSessions(long open, Distribution ended) {
        sessionsActive.set(open);
        sessionDurations.add(ended);
    }

    void emit(Consumer<MetricSnapshot> sink) {
        List.of(active, sessionsActive, tunnelsActive).forEach(family -> sink.accept(family.snapshot()));
        List.of(events, messages, tunnels).forEach(family -> sink.accept(family.snapshot()));
        List.of(durations, firstEvents, sessionDurations, tunnelDurations)
                .forEach(family -> sink.accept(family.snapshot()));
    }
}
