package dev.outrigger.admin;

import java.time.Instant;
import java.util.Map;

/**
 * How observability itself is doing. Only what is measured is in a map; an empty map is left out of the answer.
 *
 * @param dropped what was thrown away since the start because a bounded queue was full, by kind ({@code spans})
 * @param waiting what stands in those queues now, by kind
 * @param last when something last succeeded ({@code scrape}, {@code export}); absent before the first time
 */
public record TelemetryHealth(Map<String, Long> dropped, Map<String, Long> waiting, Map<String, Instant> last) {
    public TelemetryHealth {
        dropped = Map.copyOf(dropped);
        waiting = Map.copyOf(waiting);
        last = Map.copyOf(last);
    }
}
