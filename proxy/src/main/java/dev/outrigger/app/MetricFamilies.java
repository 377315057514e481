package dev.outrigger.app;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.telemetry.ConfigFigures;
import dev.outrigger.telemetry.MetricsSnapshot;
import dev.outrigger.telemetry.PrometheusCollector;
import dev.outrigger.time.NanoClock;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code /metrics} shows in this build, asked of the collector itself and not of a second list. */
final class MetricFamilies {
    private MetricFamilies() {}

    /** Names as a scraper sees them, counters with {@code _total}. */
    static Set<String> exposed() {
        PrometheusCollector collector = new PrometheusCollector(new PrometheusCollector.Sources(
                List::of,
                List::of,
                List::of,
                () -> 0,
                Map.of(),
                () -> new ConfigFigures(Map.of(), 0, Optional.empty(), false),
                () -> 0,
                new PrometheusCollector.Build("", "", ""),
                NanoClock.SYSTEM,
                0,
                () -> new Limiters(Runnable::run, NanoClock.SYSTEM),
                CacheOverview.none(),
                List::of));
        return collector.collect(MetricsSnapshot.EMPTY).stream()
                .map(MetricFamilies::name)
                .collect(Collectors.toSet());
    }

    private static String name(MetricSnapshot family) {
        String name = family.getMetadata().getPrometheusName();
        return family instanceof CounterSnapshot ? name + "_total" : name;
    }
}
