package dev.outrigger.telemetry;

import dev.outrigger.record.SeriesKey;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code latency_quantile_seconds}: quantiles of the last closed window per upstream and tool, with count and sum since the
 * start.
 *
 * <p>A summary, because Prometheus reserves the label {@code quantile} for summaries. Quantiles are missing where the window
 * saw nothing. One scrape each.
 */
final class LatencySummary {
    private static final LabelNames LABELS = new LabelNames("server", "tool_name");
    private static final long NO_CREATED_TIMESTAMP = 0;

    private final Map<List<String>, Total> totals = new HashMap<>();

    void add(SeriesKey key, Distribution durations) {
        if (LatencyWindow.isLatency(key)) {
            totals.computeIfAbsent(List.of(key.upstream(), key.tool()), unused -> new Total())
                    .add(durations);
        }
    }

    SummarySnapshot snapshot(List<WindowLatency> window) {
        Map<List<String>, Quantiles> quantiles = new HashMap<>();
        for (WindowLatency latency : window) {
            quantiles.put(List.of(latency.server(), latency.tool()), quantilesOf(latency));
        }
        List<SummaryDataPointSnapshot> points = new ArrayList<>(totals.size());
        totals.forEach((values, total) ->
                points.add(total.toPoint(quantiles.getOrDefault(values, Quantiles.EMPTY), LABELS.with(values))));
        return new SummarySnapshot(
                new MetricMetadata(
                        "latency_quantile_seconds",
                        "Latency over the last quantile window, exact to three digits; count and sum since the start.",
                        Unit.SECONDS),
                points);
    }

    private static Quantiles quantilesOf(WindowLatency latency) {
        List<Quantile> values = new ArrayList<>();
        for (int i = 0; i < latency.seconds().size(); i++) {
            values.add(new Quantile(
                    WindowLatency.QUANTILES.get(i), latency.seconds().get(i)));
        }
        return Quantiles.of(values);
    }

    private static final class Total {
        private long count;
        private double sumSeconds;

        void add(Distribution durations) {
            count += durations.count();
            sumSeconds += durations.sumSeconds();
        }

        SummaryDataPointSnapshot toPoint(Quantiles quantiles, Labels labels) {
            return new SummaryDataPointSnapshot(
                    count, sumSeconds, quantiles, labels, Exemplars.EMPTY, NO_CREATED_TIMESTAMP);
        }
    }
}
