package dev.outrigger.telemetry;

import dev.outrigger.record.TimingKey;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The families about the sidecar itself: clients' connections, telemetry lost, memory, build. One scrape each. */
final class OwnFamilies {
    private final GaugeFamily uptime =
            new GaugeFamily("mcp_orchestrator_uptime_seconds", "Time since the sidecar started.", Unit.SECONDS);
    private final GaugeFamily connections =
            new GaugeFamily("outrigger_downstream_connections", "Open connections of clients.", null);
    private final GaugeFamily exchanges =
            new GaugeFamily("outrigger_exchanges_active", "Exchanges begun and not ended.", null);
    private final CounterFamily accepted = new CounterFamily(
            "outrigger_downstream_connections_accepted", "Connections of clients accepted since the start.");
    private final CounterFamily refused = new CounterFamily(
            "outrigger_downstream_connections_refused",
            "Connections of clients closed at once because there were too many.");
    private final CounterFamily dropped = new CounterFamily(
            "outrigger_telemetry_dropped",
            "Telemetry given up: lines and spans that found their queue full, exchanges folded into an other label.",
            "kind");
    private final HistogramFamily overheads = new HistogramFamily(
            "outrigger_overhead_seconds",
            "From a request's first byte to its being handed to a connection to the upstream.",
            0,
            "endpoint");
    private final GaugeFamily directMemory = new GaugeFamily(
            "outrigger_direct_memory_bytes", "Direct memory that the buffer allocator holds.", Unit.BYTES);

    void add(MetricsSnapshot.Totals totals) {
        connections.set(totals.downstreamConnections());
        exchanges.set(totals.exchangesActive());
        accepted.add(totals.connectionsAccepted());
        refused.add(totals.connectionsRefused());
        dropped.add(totals.seriesFolded(), "series");
    }

    void add(TimingKey key, Distribution durations) {
        if (key.measure() == TimingKey.Measure.OVERHEAD) {
            overheads.add(durations, key.subject());
        }
    }

    void add(Map<String, LongSupplier> drops, long directMemoryBytes, double uptimeSeconds) {
        drops.forEach((kind, count) -> dropped.add(count.getAsLong(), kind));
        directMemory.set(directMemoryBytes);
        uptime.set(uptimeSeconds);
    }

    void emit(Consumer<MetricSnapshot> sink, PrometheusCollector.Build build) {
        List.of(uptime, connections, exchanges, directMemory).forEach(family -> sink.accept(family.snapshot()));
        List.of(accepted, refused, dropped).forEach(family -> sink.accept(family.snapshot()));
        sink.accept(overheads.snapshot());
        sink.accept(new InfoSnapshot(
                new MetricMetadata("outrigger_build", "The version that runs; always 1."),
                List.of(new InfoDataPointSnapshot(
                        Labels.of("version", build.version(), "revision", build.revision(), "java", build.java())))));
    }
}
