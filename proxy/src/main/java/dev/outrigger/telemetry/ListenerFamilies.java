package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.function.Consumer;

/** The families about what listeners turned away: requests that were refused, connections that ended. One scrape each. */
final class ListenerFamilies {
    private final CounterFamily refused = new CounterFamily(
            "outrigger_requests_refused", "Requests refused before they were an exchange.", "listener", "reason");
    private final CounterFamily closed = new CounterFamily(
            "outrigger_connections_closed", "Connections of clients that ended.", "listener", "reason");

    void add(String listener, MetricsSnapshot.ListenerTotals totals) {
        totals.refused().forEach((reason, count) -> refused.add(count, listener, reason.label()));
        totals.closed().forEach((reason, count) -> closed.add(count, listener, reason.label()));
    }

    void emit(Consumer<MetricSnapshot> sink) {
        sink.accept(refused.snapshot());
        sink.accept(closed.snapshot());
    }
}
