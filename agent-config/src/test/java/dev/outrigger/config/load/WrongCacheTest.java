package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be kept is named, and for how long. */
final class WrongCacheTest {
    private static final String ROUTE = Loads.COMPLETE + "outrigger.routes = [{ upstream = app, %s }]";

    @ParameterizedTest
    @MethodSource
    void aCacheThatCannotBeMeantIsRefused(String route, List<String> messages) {
        assertEquals(
                messages, Loads.problems(new ConfigLoader(Map.of()).loadString("test.conf", ROUTE.formatted(route))));
    }

    static Stream<Arguments> aCacheThatCannotBeMeantIsRefused() {
        String cache = "outrigger.routes[0].cache";
        String tool = "outrigger.routes[0].tools.a.cache";
        String duration = "expected a duration from 1ms to 365d such as 30s";
        String nothing =
                cache + ".tools: missing, expected a tool, or one of methods: nothing is kept unless it is named";
        return Stream.of(
                wrong("cache {}", nothing, cache + ".ttl: missing, " + duration),
                wrong("cache = on", cache + ": \"on\", expected an object"),
                wrong("cache { ttl = 1s }", nothing),
                wrong("cache { ttl = 0s, tools = [a] }", cache + ".ttl: \"0s\", " + duration),
                wrong("cache { tools = [a] }", cache + ".ttl: missing, " + duration),
                wrong(
                        "cache { ttl = 1s, tools = [\"\"] }",
                        cache + ".tools[0]: \"\", expected a tool name of 1 to 256 characters, without control"
                                + " characters; * stands for any run of characters"),
                wrong(
                        "cache { ttl = 1s, methods = [tools/call] }",
                        cache + ".methods[0]: \"tools/call\", expected server/discover, tools/list, prompts/list,"
                                + " resources/list, resources/templates/list or resources/read"),
                wrong(
                        "cache { ttl = 1s, tools = [a], max-bytes = 0 }",
                        cache + ".max-bytes: 0, expected a size from 1KiB to 16GiB such as 8KiB"),
                wrong(
                        "cache { ttl = 1s, tools = [a], scope = private }",
                        cache + ".scope: \"private\", expected principal, session or shared"),
                wrong(
                        "cache { ttl = 1s, tools = [a], vary = [\"a b\"] }",
                        cache + ".vary[0]: \"a b\", expected the name of a header"),
                wrong("tools.a.cache.ttl = 1s", tool + ".ttl: \"1s\", expected none, or a cache of the route"),
                wrong("cache { ttl = 1s }, tools.a.cache = 1s", nothing, tool + ": \"1s\", expected an object"),
                wrong(
                        "cache { ttl = 1s, tools = [b] }, tools.a.cache {}",
                        tool + ".ttl: missing, expected a duration from 0s to 365d such as 30s"));
    }

    private static Arguments wrong(String route, String... messages) {
        return arguments(
                route,
                Stream.of(messages).map(message -> "test.conf:6: " + message).toList());
    }
}
