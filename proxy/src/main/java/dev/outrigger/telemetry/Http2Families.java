package dev.outrigger.telemetry;

import dev.outrigger.record.Http2Counts;
import dev.outrigger.record.Http2Flood;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Consumer;

/** The families about clients' HTTP/2 connections. One scrape each. */
final class Http2Families {
    private final GaugeFamily connections = new GaugeFamily(
            "outrigger_http2_connections_active", "Open HTTP/2 connections of clients.", null, "listener");
    private final CounterFamily streams =
            new CounterFamily("outrigger_http2_streams", "Streams that clients opened over HTTP/2.", "listener");
    private final CounterFamily floods = new CounterFamily(
            "outrigger_http2_floods",
            "HTTP/2 connections ended because the client sent too much of what costs only the proxy.",
            "listener",
            "kind");

    void add(String listener, Http2Counts counts) {
        connections.set(counts.connections, listener);
        streams.add(counts.streams, listener);
        for (Http2Flood kind : Http2Flood.values()) {
            floods.add(counts.floods(kind), listener, kind.label());
        }
    }

    void emit(Consumer<MetricSnapshot> sink) {
        sink.accept(connections.snapshot());
        List.of(streams, floods).forEach(family -> sink.accept(family.snapshot()));
    }
}
