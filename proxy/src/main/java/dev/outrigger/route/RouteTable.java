package dev.outrigger.route;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.resilience.Limiters;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All routes; of those that match a path the one with the longest prefix wins, in whatever order they were written. */
public final class RouteTable {
    private final Route[] routes;
    private final Route[] longestFirst;
    private final @Nullable Route unclaimed;

    /** @param limiters gives routes and tools their limits */
    public RouteTable(List<RouteConfig> configs, Limiters limiters) {
        this(configs, Optional.empty(), limiters);
    }

    /** @param forUnclaimed the route of redirected requests that match none */
    public RouteTable(List<RouteConfig> configs, Optional<RouteConfig> forUnclaimed, Limiters limiters) {
        unclaimed = forUnclaimed
                .map(config -> new Route(configs.size(), config, limiters))
                .orElse(null);
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

    /**
     * {@link #match(String)} among some of the routes.
     *
     * @param wanted which ones
     */
    public @Nullable Route match(String target, Predicate<Route> wanted) {
        for (Route route : longestFirst) {
            if (route.matches(target) && wanted.test(route)) {
                return route;
            }
        }
        return null;
    }

    /**
     * The route of redirected requests that match none. It leads to where they were going, so it is not one of {@link #routes}.
     *
     * @throws NullPointerException if there is none
     */
    public Route unclaimed() {
        return Objects.requireNonNull(unclaimed);
    }

    /** In the order of the configuration. */
    public List<Route> routes() {
        return List.of(routes);
    }
}
