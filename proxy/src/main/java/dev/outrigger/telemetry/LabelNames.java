package dev.outrigger.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;

/** The label names of a family, which every point of it has. */
final class LabelNames {
    private final String[] names;

    LabelNames(String... names) {
        this.names = names;
    }

    Labels with(List<String> values) {
        return Labels.of(names, values.toArray(new String[0]));
    }
}
