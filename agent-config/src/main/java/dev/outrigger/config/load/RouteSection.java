package dev.outrigger.config.load;

import dev.outrigger.config.model.RouteConfig;

/** The keys of one route. */
final class RouteSection {
    private RouteSection() {}

    static RouteConfig read(ConfigReader reader, Findings findings) {
        ConfigReader match = reader.section("match");
        String pathPrefix = match.read("path-prefix", Kinds.PATH_PREFIX);
        if (!match.finish()) {
            // A match with another criterion is not the same as one with this prefix alone.
            findings.forget(match.path("path-prefix"));
        }
        RouteConfig route = new RouteConfig(
                reader.readIfSet("name", Kinds.NAME).orElse(pathPrefix),
                pathPrefix,
                reader.read("upstream", Kinds.NOT_BLANK),
                reader.read("timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-duration", Kinds.TIMEOUT));
        reader.finish();
        return route;
    }
}
