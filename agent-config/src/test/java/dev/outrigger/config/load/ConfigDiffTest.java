package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.ProxyConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigDiffTest {
    private static final String BASE = """
            outrigger {
              listeners.inbound.bind = "127.0.0.1:18080"
              upstreams.app.endpoints = ["127.0.0.1:18081"]
              upstreams."b.c".endpoints = ["127.0.0.1:18083"]
              routes = [
                { match { path-prefix = "/mcp" }, upstream = app, tools { "slow_*" { timeout = 60s } } }
                { match { path-prefix = "/other" }, name = other, upstream = app }
              ]
            }
            """;

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @Test
    void equalConfigurationsDifferInNothing() {
        assertEquals(List.of(), ConfigDiff.between(config(BASE), config("# a comment\n" + BASE)));
    }

    @Test
    void valuesAreToldInTheKeysAndUnitsOfTheFileByPath() {
        List<String> changes = changes(BASE + """
                        outrigger.upstreams.app { endpoints = ["127.0.0.1:18081", "[::1]:18082"], breaker.open-for = 1500ms }
                        outrigger.telemetry { tracing.sample = 5%, access-log.path = "/var/log/access log" }
                        outrigger.mcp.max-tool-labels = 7
                        """);

        assertEquals(
                List.of(
                        "outrigger.mcp.max-tool-labels: 200 -> 7",
                        "outrigger.telemetry.access-log.path: \"\" -> \"/var/log/access log\"",
                        "outrigger.telemetry.tracing.sample: 100% -> 5%",
                        "outrigger.upstreams.app.breaker.open-for: 30s -> 1500ms",
                        "outrigger.upstreams.app.endpoints: [\"127.0.0.1:18081\"]"
                                + " -> [\"127.0.0.1:18081\",\"[::1]:18082\"]"),
                changes);
    }

    @Test
    void aWholeSectionThatComesOrGoesIsOneChange() {
        List<String> changes = changes(BASE + """
                        outrigger.upstreams."b.c" = null
                        outrigger.upstreams.d.endpoints = ["127.0.0.1:18084"]
                        outrigger.listeners.second.bind = "127.0.0.1:18085"
                        """);

        assertEquals(
                List.of(
                        "outrigger.listeners.second: added",
                        "outrigger.upstreams.\"b.c\": removed",
                        "outrigger.upstreams.d: added"),
                changes);
    }

    @Test
    void routesAreComparedByNameWhereverTheyStand() {
        List<String> changes =
                changes(BASE.replace("{ match { path-prefix = \"/mcp\" }", """
                        { match { path-prefix = "/first" }, upstream = app }
                        { match { path-prefix = "/mcp" }, timeout = 20s""").replace("slow_*", "slower_*"));

        assertEquals(
                List.of(
                        "outrigger.routes.\"/first\": added",
                        "outrigger.routes.\"/mcp\".timeout: 15s -> 20s",
                        "outrigger.routes.\"/mcp\".tools.\"slow_*\": removed",
                        "outrigger.routes.\"/mcp\".tools.\"slower_*\": added"),
                changes);
    }

    @Test
    void anotherOrderOfTheSameRoutesIsAChange() {
        String swapped = BASE.replace("/mcp\" }, upstream", "/x\" }, name = second, upstream")
                .replace("/other\" }, name = other", "/mcp\" }")
                .replace("/x\" }, name = second", "/other\" }, name = other");

        List<String> changes = changes(swapped);

        assertEquals("outrigger.routes: [\"/mcp\",\"other\"] -> [\"other\",\"/mcp\"]", changes.get(0));
    }

    @Test
    void textCanNotPretendAnotherLine() {
        List<String> changes = changes(BASE + "outrigger.service-name = \"a\\nb: c -> d\"");

        assertEquals(List.of("outrigger.service-name: outrigger -> \"a\\nb: c -> d\""), changes);
    }

    private List<String> changes(String after) {
        return ConfigDiff.between(config(BASE), config(after)).stream()
                .map(ConfigChange::toString)
                .toList();
    }

    private ProxyConfig config(String hocon) {
        return Loads.config(loader.loadString("test.conf", hocon));
    }
}
