package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A histogram of durations under construction for one scrape: series merged by label values. */
final class HistogramFamily {
    private final MetricMetadata metadata;
    private final int firstBucket;
    private final LabelNames labels;
    private final Map<List<String>, Accumulator> merged = new LinkedHashMap<>();

    /** Makes it with the buckets from {@code firstBucket} on, see {@link DurationBuckets}. */
    HistogramFamily(String name, String help, int firstBucket, String... labelNames) {
        this.metadata = new MetricMetadata(name, help, Unit.SECONDS);
        this.firstBucket = firstBucket;
        this.labels = new LabelNames(labelNames);
    }

    void add(Distribution distribution, String... labelValues) {
        merged.computeIfAbsent(List.of(labelValues), unused -> new Accumulator())
                .add(distribution);
    }

    /** What was merged so far. */
    void forEach(BiConsumer<List<String>, Distribution> action) {
        merged.forEach((values, accumulator) -> action.accept(values, accumulator.distribution()));
    }

    HistogramSnapshot snapshot() {
        List<HistogramDataPointSnapshot> points = new ArrayList<>(merged.size());
        forEach((values, distribution) -> points.add(distribution.toPoint(labels.with(values), firstBucket)));
        return new HistogramSnapshot(metadata, points);
    }
}
