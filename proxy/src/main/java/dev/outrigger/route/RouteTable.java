package dev.outrigger.route;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.resilience.Limiters;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All routes; of those that match a path the one with the longest prefix wins, in whatever order they were written. */
public final class RouteTable {
    private final Route[] routes;
    private final Route[] longestFirst;

    /** @param limiters gives routes and tools their limits */
    public RouteTable(List<RouteConfig> configs, Limiters limiters) {
        routes = new Route[configs.size()];
        for (int i = 0; i < routes.length; i++) {
            routes[i] = new Route(i, configs.get(i), limiters);
        }
        longestFirst = routes.clone();
        Arrays.sort(longestFirst, Comparator.comparingInt(Route::prefixLength).reversed());
    }

    /** @param target request target in origin form, with its query */
    public @Nullable Route match(String target) {
        for (Route route : longestFirst) {
            if (route.matches(target)) {
                return route;
            }
        }
        return null;
    }

    /** In the order of the configuration. */
    public List<Route> routes() {
        return List.of(routes);
    }
}
