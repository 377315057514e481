package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A counter under construction for one scrape: sums by label values. */
final class CounterFamily {
    private static final long NO_CREATED_TIMESTAMP = 0;

    private final MetricMetadata metadata;
    private final LabelNames labels;
    private final Map<List<String>, Long> sums = new LinkedHashMap<>();

    /** Makes it; {@code name} comes without {@code _total}. */
    CounterFamily(String name, String help, String... labelNames) {
        this.metadata = new MetricMetadata(name, help);
        this.labels = new LabelNames(labelNames);
    }

    void add(long value, String... labelValues) {
        sums.merge(List.of(labelValues), value, Long::sum);
    }

    CounterSnapshot snapshot() {
        List<CounterDataPointSnapshot> points = new ArrayList<>(sums.size());
        sums.forEach((values, sum) -> points.add(
                new CounterDataPointSnapshot((double) sum, labels.with(values), null, NO_CREATED_TIMESTAMP)));
        return new CounterSnapshot(metadata, points);
    }
}
