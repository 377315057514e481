package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.RouteConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits that would not do what their operator means. */
final class WrongLimitsTest {
    private static final String COUNT = "expected a whole number from 1 to 1000000";
    private static final String DURATION = "expected a duration from 1ms to 365d such as 30s";

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    private LoadResult load(String keys) {
        return loader.loadString("test.conf", Loads.COMPLETE + "outrigger.routes = [{ upstream = app, " + keys + " }]");
    }

    @ParameterizedTest
    @MethodSource
    void aWrongLimitIsTold(String keys, List<String> messages) {
        assertEquals(
                messages.stream()
                        .map(message -> "test.conf:6: outrigger.routes[0]." + message)
                        .sorted()
                        .toList(),
                Loads.problems(load(keys)).stream().sorted().toList());
    }

    static Stream<Arguments> aWrongLimitIsTold() {
        return Stream.of(
                wrong(
                        "rate-limit { burst = 0 }",
                        "rate-limit.burst: 0, " + COUNT,
                        "rate-limit.rate: missing, " + COUNT),
                wrong(
                        "rate-limit { rate = 0, per = 0s, key = ip }",
                        "rate-limit.key: \"ip\", expected client-ip, api-key, session, principal or tool",
                        "rate-limit.per: \"0s\", " + DURATION,
                        "rate-limit.rate: 0, " + COUNT),
                wrong(
                        "rate-limit { rate = 1, algorithm = token_bucket }",
                        "rate-limit.algorithm: \"token_bucket\", expected token-bucket or sliding-window, did you mean"
                                + " token-bucket?"),
                wrong(
                        "rate-limit { rate = 1, algorithm = sliding-window, burst = 5 }",
                        "rate-limit.burst: 5, expected none, as a sliding window has no burst"),
                wrong(
                        "rate-limit { rate = 2000, algorithm = sliding-window }",
                        "rate-limit.rate: 2000, expected at most 1677 in a sliding window with max-keys = 10000"),
                wrong(
                        "rate-limit { rate = 1, per = 1d, burst = 366 }",
                        "rate-limit.burst: 366, expected what fills up again within 365d"),
                wrong("rate-limit = 5", "rate-limit: 5, expected an object"),
                wrong("concurrency-limit {}", "concurrency-limit.max: missing, " + COUNT),
                wrong(
                        "concurrency-limit { max = 3, adaptive = on, min = 4 }",
                        "concurrency-limit.min: 4, expected at most 3 as max has it"),
                wrong("concurrency-limit = adaptve", "concurrency-limit: \"adaptve\", expected an object"),
                wrong(
                        "tools { x { rate-limit { rat = 1 } } }",
                        "tools.x.rate-limit.rat: unknown key, expected one of algorithm, burst, key, max-keys, per, rate,"
                                + " shadow, did you mean rate?",
                        "tools.x.rate-limit.rate: missing, " + COUNT));
    }

    private static Arguments wrong(String keys, String... messages) {
        return arguments(keys, List.of(messages));
    }

    @Test
    void oneWordMakesALimitAdaptive() {
        RouteConfig route =
                Loads.config(load("concurrency-limit = adaptive")).routes().get(0);

        assertEquals(
                Optional.of(new ConcurrencyLimitConfig(1000, 0, Duration.ofMillis(200), true, 4)),
                route.concurrencyLimit());
    }

    @Test
    void aToolsLimitInheritsNothingFromTheRoutes() {
        RouteConfig route = Loads.config(
                        load("rate-limit { rate = 5, burst = 9, per = 1m }, tools { x { rate-limit { rate = 2 } } }"))
                .routes()
                .get(0);

        assertEquals(9, route.rateLimit().orElseThrow().burst());
        assertEquals(2, route.tools().get(0).rateLimit().orElseThrow().burst());
        assertEquals(
                Duration.ofSeconds(1),
                route.tools().get(0).rateLimit().orElseThrow().per());
    }
}
