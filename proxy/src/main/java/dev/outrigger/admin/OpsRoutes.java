package dev.outrigger.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The table of routes of one operations port; a new endpoint is one more line in it. The index page and the answer to an
 * unknown path are made from the same table, so they cannot fall behind it.
 *
 * <p>Searched from top to bottom: a few dozen lines at a few requests per second need no tree. Immutable.
 */
public final class OpsRoutes {
    private final List<OpsRoute> routes;

    private OpsRoutes(List<OpsRoute> routes) {
        this.routes = List.copyOf(routes);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Answers by the first route that fits; 405 if only the method does not, 404 if nothing does. */
    CompletionStage<OpsReply> dispatch(OpsRequest request) {
        Set<String> allowed = new TreeSet<>();
        for (OpsRoute route : routes) {
            Map<String, String> variables = route.match(request.segments());
            if (variables == null) {
                continue;
            }
            if (route.accepts(request.method())) {
                return route.endpoint().answer(request.withVariables(variables));
            }
            allowed.add(route.method());
        }
        return CompletableFuture.completedFuture(allowed.isEmpty() ? notFound() : notAllowed(allowed));
    }

    private OpsReply notFound() {
        return OpsReply.json(404, json -> {
            json.beginObject().name("error").value("no such path").name("paths").beginArray();
            routes.forEach(route -> json.value(route.toString()));
            json.endArray().endObject();
        });
    }

    private static OpsReply notAllowed(Set<String> methods) {
        Set<String> allowed = new TreeSet<>(methods);
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String list = String.join(", ", allowed);
        return OpsReply.error(405, "method not allowed here, expected " + list).with("allow", list);
    }

    /** Collects routes in the order in which they are to be tried and listed. */
    public static final class Builder {
        private final List<OpsRoute> routes = new ArrayList<>();

        private Builder() {}

        /** Answers HEAD too. */
        public Builder get(String path, String summary, OpsEndpoint endpoint) {
            return add("GET", path, summary, endpoint);
        }

        public Builder post(String path, String summary, OpsEndpoint endpoint) {
            return add("POST", path, summary, endpoint);
        }

        public Builder put(String path, String summary, OpsEndpoint endpoint) {
            return add("PUT", path, summary, endpoint);
        }

        public Builder delete(String path, String summary, OpsEndpoint endpoint) {
            return add("DELETE", path, summary, endpoint);
        }

        /** {@code GET /} as a page of plain text that lists every route of the finished table. */
        public Builder index(String title) {
            return get("/", "this page", OpsEndpoint.of(request -> OpsReply.text(200, page(title))));
        }

        private String page(String title) {
            int width = routes.stream()
                    .mapToInt(route -> route.toString().length())
                    .max()
                    .orElse(0);
            StringBuilder page = new StringBuilder(title).append("\n\n");
            for (OpsRoute route : routes) {
                String line = route.toString();
                page.append(line)
                        .append(" ".repeat(width - line.length() + 2))
                        .append(route.summary())
                        .append('\n');
            }
            return page.toString();
        }

        private Builder add(String method, String path, String summary, OpsEndpoint endpoint) {
            OpsRoute route = new OpsRoute(method, path, summary, endpoint);
            if (routes.stream().anyMatch(other -> other.toString().equals(route.toString()))) {
                throw new IllegalArgumentException(route + " is in the table twice, expected once");
            }
            routes.add(route);
            return this;
        }

        public OpsRoutes build() {
            return new OpsRoutes(routes);
        }
    }
}
