package dev.outrigger.config.readiness;

import dev.outrigger.config.model.ProxyConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The checklist for production. A configuration gets here when it is valid; the question is what it does on a bad day.
 *
 * <p>Every item is always there, also when it is good: the report says what was looked at, and the score means the same
 * everywhere.
 */
public final class ReadinessChecklist {
    private ReadinessChecklist() {}

    /** Looks at nothing but its arguments. */
    public static ReadinessReport of(ProxyConfig config, Surroundings surroundings) {
        List<ReadinessItem> items = new ArrayList<>();
        items.add(ReadinessItem.pass(
                "config",
                "configuration",
                "valid: " + count(config.listeners().size(), "listener") + ", "
                        + count(config.upstreams().size(), "upstream") + ", "
                        + count(config.routes().size(), "route")));
        items.addAll(new AccessChecks(config, surroundings).items());
        items.addAll(new LimitChecks(config, surroundings).items());
        items.addAll(new TimeoutChecks(config).items());
        items.addAll(new UpstreamChecks(config).items());
        items.addAll(new TelemetryChecks(config, surroundings).items());
        items.addAll(new LifecycleChecks(config.lifecycle()).items());
        return new ReadinessReport(items);
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
