package dev.outrigger.config.load;

import dev.outrigger.config.model.OriginalConfig;
import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.config.model.ToolConfig;
import java.time.Duration;
import java.util.List;

/** The keys of one route. */
final class RouteSection {
    private RouteSection() {}

    /** @param breakers what a breaker of a tool has where nothing else is said */
    static RouteConfig read(ConfigReader reader, Findings findings, ConfigReader breakers) {
        ConfigReader match = reader.section("match");
        String pathPrefix = match.read("path-prefix", Kinds.PATH_PREFIX);
        if (!match.finish()) {
            // A match with another criterion is not the same as one with this prefix alone.
            findings.forget(match.path("path-prefix"));
        }
        DestinationSection destinations = DestinationSection.read(reader);
        String name = reader.readIfSet("name", Kinds.NAME).orElse(pathPrefix);
        return read(name, pathPrefix, destinations, reader, findings, breakers);
    }

    /** What a route has by default, for requests that none claims. */
    static RouteConfig original(ConfigReader reader, Findings findings, ConfigReader breakers) {
        ConfigReader match = reader.section("match");
        String pathPrefix = match.read("path-prefix", Kinds.PATH_PREFIX);
        match.finish();
        reader.isSet("name");
        DestinationSection destination = DestinationSection.original(reader);
        return read(OriginalConfig.NAME, pathPrefix, destination, reader, findings, breakers);
    }

    private static RouteConfig read(
            String name,
            String pathPrefix,
            DestinationSection destinations,
            ConfigReader reader,
            Findings findings,
            ConfigReader breakers) {
        Duration timeout = reader.read("timeout", Kinds.TIMEOUT);
        List<ToolConfig> tools = new ToolsSection(findings, timeout, breakers).read(reader);
        ConfigReader rate = reader.defaults(LimitsSection.RATE);
        ConfigReader concurrency = reader.defaults(LimitsSection.CONCURRENCY);
        RouteConfig route = new RouteConfig(
                name,
                pathPrefix,
                destinations.upstream(),
                timeout,
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-duration", Kinds.TIMEOUT),
                reader.readAll("upgrades", Kinds.UPGRADE),
                tools,
                destinations.weighted(),
                destinations.alternates(),
                destinations.shift(),
                RetrySection.read(reader),
                FallbackSection.read(reader),
                HedgeSection.read(reader),
                LimitsSection.rate(reader, rate),
                LimitsSection.concurrency(reader, concurrency),
                reader.read("hide-denied", Kinds.SWITCH),
                CacheSection.read(reader, tools));
        reader.finish();
        return route;
    }
}
