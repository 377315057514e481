package dev.outrigger.resilience;

import java.util.HashMap;
import java.util.Map;

/**
 * How long calls take on one worker, by route and operation. Only those routes are in it that ask, and operations are labels,
 * of which there is a bounded number.
 *
 * <p>Belongs to the worker's loop.
 */
public final class LatencyTable {
    private final Map<String, Map<String, LatencyQuantile>> byRoute = new HashMap<>();

    /**
     * Made when first asked for, the same object ever after.
     *
     * @param route its name
     * @param operation label of a tool or a method
     */
    public LatencyQuantile of(String route, String operation) {
        Map<String, LatencyQuantile> ofRoute = byRoute.get(route);
        if (ofRoute == null) {
            ofRoute = byRoute.computeIfAbsent(route, unused -> new HashMap<>());
        }
        LatencyQuantile known = ofRoute.get(operation);
        return known == null ? ofRoute.computeIfAbsent(operation, unused -> new LatencyQuantile()) : known;
    }
}
