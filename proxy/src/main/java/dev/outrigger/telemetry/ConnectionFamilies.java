package dev.outrigger.telemetry;

import dev.outrigger.failure.Outcome;
import dev.outrigger.record.Detection;
import dev.outrigger.record.EntranceCounts;
import dev.outrigger.record.ProxyHeaderResult;
import dev.outrigger.record.TcpCounts;
import dev.outrigger.record.TcpKey;
import dev.outrigger.record.TimingKey;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Consumer;

/** The families about connections whose bytes pass as they are, and about what connections were found to speak. One scrape each. */
final class ConnectionFamilies {
    private final CounterFamily ended = new CounterFamily(
            "outrigger_tcp_connections",
            "Opaque connections that have ended, by how they ended.",
            "listener",
            "server",
            "outcome");
    private final GaugeFamily active = new GaugeFamily(
            "outrigger_tcp_connections_active", "Opaque connections that are open.", null, "listener", "server");
    private final CounterFamily bytes = new CounterFamily(
            "outrigger_tcp_bytes", "Bytes of opaque connections by who sent them.", "server", "direction");
    private final HistogramFamily durations = new HistogramFamily(
            "outrigger_tcp_connection_duration_seconds", "How long opaque connections lasted.", 0, "server");
    private final CounterFamily detections = new CounterFamily(
            "outrigger_protocol_detections",
            "Connections by what their first bytes said they speak.",
            "listener",
            "protocol");
    private final CounterFamily timeouts = new CounterFamily(
            "outrigger_protocol_detection_timeouts",
            "Connections that did not say in time what they speak, and count as opaque.",
            "listener");
    private final HistogramFamily detectionDurations = new HistogramFamily(
            "outrigger_protocol_detection_duration_seconds",
            "How long it took until it was known what a connection speaks.",
            0,
            "listener");

    private final CounterFamily headers = new CounterFamily(
            "outrigger_proxy_protocol_headers",
            "Connections of trusted sources by what came of reading their PROXY header.",
            "listener",
            "result");

    void add(TcpKey key, TcpCounts counts) {
        active.set(counts.active(), key.listener(), key.upstream());
        for (Outcome outcome : Outcome.values()) {
            ended.add(counts.ended().get(outcome.ordinal()), key.listener(), key.upstream(), outcome.label());
        }
        bytes.add(counts.clientBytes(), key.upstream(), "client");
        bytes.add(counts.serverBytes(), key.upstream(), "server");
    }

    void add(String listener, EntranceCounts counts) {
        for (Detection detection : Detection.values()) {
            detections.add(counts.found().get(detection.ordinal()), listener, detection.label());
        }
        timeouts.add(counts.timeouts(), listener);
        for (ProxyHeaderResult result : ProxyHeaderResult.values()) {
            headers.add(counts.headers().get(result.ordinal()), listener, result.label());
        }
    }

    void add(TimingKey key, Distribution timed) {
        if (key.measure() == TimingKey.Measure.TCP) {
            durations.add(timed, key.subject());
        } else if (key.measure() == TimingKey.Measure.DETECTION) {
            detectionDurations.add(timed, key.subject());
        }
    }

    void emit(Consumer<MetricSnapshot> sink) {
        sink.accept(active.snapshot());
        List.of(ended, bytes, detections, timeouts, headers).forEach(family -> sink.accept(family.snapshot()));
        List.of(durations, detectionDurations).forEach(family -> sink.accept(family.snapshot()));
    }
}
