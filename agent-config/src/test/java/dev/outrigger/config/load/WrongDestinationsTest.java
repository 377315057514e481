package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.outrigger.config.model.RouteConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a route may be told to go, and where not. */
final class WrongDestinationsTest {
    private static final String ROUTE = "outrigger.routes[0]";

    @ParameterizedTest
    @MethodSource
    void aDestinationThatCannotBeMeantIsRefused(String route, List<String> messages) {
        assertEquals(
                messages.stream().map(message -> "test.conf:1: " + message).toList(),
                Loads.problems(load(route)).stream().sorted().toList());
    }

    static Stream<Arguments> aDestinationThatCannotBeMeantIsRefused() {
        String weighted = ROUTE + ".weighted";
        String alternates = ROUTE + ".alternates";
        return Stream.of(
                route("weighted = []", weighted + ": an empty list, expected a list of at least one entry"),
                route(
                        "weighted = [{ upstream = app, weight = 0 }, { upstream = b, weight = 0 }]",
                        weighted + ": weights that add up to 0, expected at least one weight above 0"),
                route(
                        "weighted = [{ upstream = ap, weight = -1 }, { weight = 1 }]",
                        weighted + "[0].upstream: \"ap\", expected an upstream: app, b, did you mean app?",
                        weighted + "[0].weight: -1, expected a whole number from 0 to 1000000",
                        weighted + "[1].upstream: missing, expected a text that is not empty"),
                route(
                        "weighted = [{ upstream = app, weight = 1 }, { upstream = app, weight = 2 }]",
                        weighted + "[1].upstream: \"app\", expected each upstream once (" + weighted
                                + "[0].upstream has it)"),
                route(
                        "upstream = app, weighted = [{ upstream = b, weight = 1 }]",
                        weighted + ": a list, expected only one of upstream, weighted"),
                route(
                        "upstream = app, alternates = [bb, app, b, b]",
                        alternates + "[0]: \"bb\", expected an upstream: app, b, did you mean b?",
                        alternates + "[1]: \"app\", expected another upstream than the route's own",
                        alternates + "[3]: \"b\", expected each upstream once (" + alternates + "[2] has it)"),
                route("upstream = app, shift = b", ROUTE + ".shift: \"b\", expected an object"),
                route(
                        "shift {}",
                        ROUTE + ".shift.from: missing, expected an upstream",
                        ROUTE + ".shift.to: missing, expected an upstream"),
                route(
                        "upstream = app, shift { from = ap, to = ap, steps = [50%, 50%, 100%], min-calls = 0 }",
                        ROUTE + ".shift.from: \"ap\", expected an upstream: app, b, did you mean app?",
                        ROUTE + ".shift.min-calls: 0, expected a whole number from 1 to 50000",
                        ROUTE + ".shift.steps: a list, expected shares that grow up to 100% such as [10%, 50%, 100%]",
                        ROUTE + ".shift.to: \"ap\", expected an upstream: app, b, did you mean app?",
                        ROUTE + ".shift.to: \"ap\", expected another upstream than " + ROUTE + ".shift.from has",
                        ROUTE + ".upstream: \"app\", expected none beside " + ROUTE + ".shift"),
                route(
                        "shift { from = app, to = b, steps = [10%, 90%] }",
                        ROUTE + ".shift.steps: a list, expected shares that grow up to 100% such as [10%, 50%, 100%]"),
                route(
                        "upstream = app, alternates = b",
                        alternates + ": \"b\", expected a list, each of it a text that is not empty"));
    }

    @Test
    void anUpstreamMayStandInForAnotherWithWhichItSharesTheRequests() {
        RouteConfig route = Loads.config(
                        load(
                                "weighted = [{ upstream = app, weight = 1 }, { upstream = b, weight = 0 }], alternates = [b, app]"))
                .routes()
                .get(0);

        assertEquals("app", route.upstream());
        assertEquals(Set.of("app", "b"), route.upstreams());
    }

    private static LoadResult load(String route) {
        return new ConfigLoader(Map.of())
                .loadString(
                        "test.conf",
                        "outrigger { listeners.in.bind = \"127.0.0.1:1\", upstreams { app.endpoints = [\"a:1\"],"
                                + " b.endpoints = [\"b:1\"] }, routes = [{ " + route + " }] }");
    }

    private static Arguments route(String keys, String... messages) {
        return arguments(keys, List.of(messages));
    }
}
