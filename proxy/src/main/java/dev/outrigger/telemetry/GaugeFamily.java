package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gauge under construction for one scrape. */
final class GaugeFamily {
    private final MetricMetadata metadata;
    private final LabelNames labels;
    private final List<GaugeDataPointSnapshot> points = new ArrayList<>();

    GaugeFamily(String name, String help, @Nullable Unit unit, String... labelNames) {
        this.metadata = unit == null ? new MetricMetadata(name, help) : new MetricMetadata(name, help, unit);
        this.labels = new LabelNames(labelNames);
    }

    /** Sets a value; each combination of labels once. */
    void set(long value, String... labelValues) {
        set((double) value, labelValues);
    }

    /** Sets a value; each combination of labels once. */
    void set(double value, String... labelValues) {
        points.add(new GaugeDataPointSnapshot(value, labels.with(List.of(labelValues)), null));
    }

    GaugeSnapshot snapshot() {
        return new GaugeSnapshot(metadata, points);
    }
}
