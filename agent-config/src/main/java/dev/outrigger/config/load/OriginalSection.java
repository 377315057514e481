package dev.outrigger.config.load;

import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.OriginalConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The keys of where intercepted requests go that nothing claims; the rest of it is what upstreams and routes have by default. */
final class OriginalSection {
    static final String KEY = "original";

    private static final ValueKind<Integer> DESTINATIONS = Kinds.count(1, 1_000_000);

    private OriginalSection() {}

    /**
     * @param upstream what upstreams have by default
     * @param route what routes have by default
     * @return empty if no listener intercepts
     */
    static Optional<OriginalConfig> read(
            ConfigReader reader,
            ConfigReader upstream,
            ConfigReader route,
            Findings findings,
            Collection<ListenerConfig> listeners) {
        int maxDestinations = reader.read("max-destinations", DESTINATIONS);
        Duration idleTimeout = reader.read("idle-timeout", Kinds.TIMEOUT);
        reader.finish();
        boolean isWanted =
                listeners.stream().anyMatch(listener -> listener.interception().isPresent());
        return isWanted
                ? Optional.of(new OriginalConfig(
                        UpstreamSection.original(upstream),
                        RouteSection.original(route, findings, upstream.section(BreakerSection.KEY)),
                        maxDestinations,
                        idleTimeout))
                : Optional.empty();
    }

    /** Adds what shows it: its own keys, and the defaults that it is made of. */
    static void render(Map<String, Object> root, OriginalConfig original) {
        root.put(
                KEY,
                Map.of(
                        "max-destinations", original.maxDestinations(),
                        "idle-timeout", Durations.format(original.idleTimeout())));
        Map<String, Object> upstream = new TreeMap<>(ConfigRenderer.upstream(original.upstream()));
        upstream.remove(BalancingSection.ENDPOINTS);
        Map<String, Object> route = new TreeMap<>(ConfigRenderer.route(original.route()));
        route.remove("name");
        route.remove(DestinationSection.UPSTREAM);
        root.put("defaults", Map.of("upstream", upstream, "route", route));
    }
}
