package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The families about the configuration in force and its reloads. One scrape each. */
final class ConfigFamilies {
    private static final double MILLIS_PER_SECOND = 1e3;

    private final CounterFamily reloads = new CounterFamily(
            "outrigger_config_reloads", "Reloads of the configuration by what came of them.", "result");
    private final GaugeFamily hash = new GaugeFamily(
            "outrigger_config_hash", "The first 48 bits of the hash of the configuration in force.", null);
    private final GaugeFamily lastSuccess = new GaugeFamily(
            "outrigger_config_last_success_timestamp_seconds",
            "When a configuration was last taken up or found to be in force already.",
            Unit.SECONDS);
    private final GaugeFamily lastReload =
            new GaugeFamily("outrigger_config_last_reload_successful", "1 unless the last reload was refused.", null);

    void add(ConfigFigures figures) {
        new TreeMap<>(figures.reloadsByResult()).forEach((result, count) -> reloads.add(count, result));
        hash.set(figures.hash48());
        figures.lastSuccess().ifPresent(at -> lastSuccess.set(at.toEpochMilli() / MILLIS_PER_SECOND));
        lastReload.set(figures.refused() ? 0 : 1);
    }

    void emit(Consumer<MetricSnapshot> sink) {
        sink.accept(reloads.snapshot());
        sink.accept(hash.snapshot());
        sink.accept(lastSuccess.snapshot());
        sink.accept(lastReload.snapshot());
    }
}
