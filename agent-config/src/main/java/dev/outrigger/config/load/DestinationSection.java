package dev.outrigger.config.load;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.WeightedConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a route that say where its requests go.
 *
 * @param upstream the one, or the first of several
 */
record DestinationSection(String upstream, List<WeightedConfig> weighted, List<String> alternates) {
    static final String UPSTREAM = "upstream";
    static final String WEIGHTED = "weighted";
    static final String ALTERNATES = "alternates";

    private static final ValueKind<Integer> WEIGHT = Kinds.count(0, 1_000_000);

    static DestinationSection read(ConfigReader route) {
        Optional<String> one = route.readIfSet(UPSTREAM, Kinds.NOT_BLANK);
        List<WeightedConfig> weighted = weighted(route);
        String first =
                one.orElseGet(() -> weighted.isEmpty() ? "" : weighted.get(0).upstream());
        if (one.isEmpty() && !route.isSet(WEIGHTED)) {
            route.demand(UPSTREAM, Kinds.NOT_BLANK.expected());
        }
        return new DestinationSection(first, weighted, route.readAll(ALTERNATES, Kinds.NOT_BLANK));
    }

    private static List<WeightedConfig> weighted(ConfigReader route) {
        List<WeightedConfig> weighted = new ArrayList<>();
        for (ConfigReader part : route.elements(WEIGHTED)) {
            weighted.add(new WeightedConfig(part.read(UPSTREAM, Kinds.NOT_BLANK), part.read("weight", WEIGHT)));
            part.finish();
        }
        return weighted;
    }

    static void render(RouteConfig route, Map<String, Object> into) {
        if (route.weighted().isEmpty()) {
            into.put(UPSTREAM, route.upstream());
        } else {
            into.put(
                    WEIGHTED,
                    route.weighted().stream()
                            .map(part -> Map.of(UPSTREAM, part.upstream(), "weight", part.weight()))
                            .toList());
        }
        into.put(ALTERNATES, route.alternates());
    }
}
