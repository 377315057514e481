package dev.outrigger.config.model;

import java.net.URI;
import java.util.Map;

/**
 * The status socket: health and metrics, nothing that changes state.
 *
 * @param appProbes where a probe of the application goes, by the name that follows {@code /app-health/}
 */
public record StatusConfig(HostPort bind, Map<String, URI> appProbes) {
    public StatusConfig {
        appProbes = Map.copyOf(appProbes);
    }
}
