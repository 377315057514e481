package dev.outrigger.route;

import dev.outrigger.config.model.RouteConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All routes in the order of the configuration; the first that matches wins, as the operator reads them. */
public final class RouteTable {
    private final Route[] routes;

    public RouteTable(List<RouteConfig> configs) {
        routes = new Route[configs.size()];
        for (int i = 0; i < routes.length; i++) {
            routes[i] = new Route(i, configs.get(i));
        }
    }

    /** @param target request target in origin form, with its query */
    public @Nullable Route match(String target) {
        for (Route route : routes) {
            if (route.matches(target)) {
                return route;
            }
        }
        return null;
    }

    public List<Route> routes() {
        return List.of(routes);
    }
}
