package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys of features to come are refused as a whole, and each mistake in them is told beside that. */
final class WrongToComeTest {
    private static final String UPSTREAM = "outrigger.upstreams.app";
    private static final String ROUTE = "outrigger.routes[0]";

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @ParameterizedTest
    @MethodSource({"upstreams", "content"})
    void aMistakeInAKeyToComeIsToldBesideItsRefusal(String text, String refused, List<String> mistakes) {
        List<String> expected = Stream.concat(Stream.of(refused + ": this key is not supported yet"), mistakes.stream())
                .map(message -> "test.conf:1: " + message)
                .sorted()
                .toList();

        assertEquals(
                expected,
                Loads.problems(loader.loadString("test.conf", text)).stream()
                        .sorted()
                        .toList());
    }

    static Stream<Arguments> upstreams() {
        return Stream.of(
                upstream(
                        "stdio { command = [] }",
                        UPSTREAM + ".stdio",
                        UPSTREAM + ".stdio.command: an empty list, expected a list of at least one entry"),
                upstream(
                        "stdio {}",
                        UPSTREAM + ".stdio",
                        UPSTREAM + ".stdio.command: missing, expected a list of at least one entry"));
    }

    static Stream<Arguments> content() {
        String match = ROUTE + ".match";
        String token = "expected a name of letters, digits and !#$%&'*+-.^_`|~";
        return Stream.of(
                route(
                        "upstream = app, headers { request { remove = [\"a b\"], set { \"c:\" = d } }, reply {} }",
                        ROUTE + ".headers",
                        ROUTE + ".headers.reply: unknown key, expected one of request, response",
                        ROUTE + ".headers.request.remove[0]: \"a b\", " + token,
                        ROUTE + ".headers.request.set.\"c:\": \"c:\", " + token),
                route(
                        "upstream = app, headers.response.add.x = \"a\\nb\"",
                        ROUTE + ".headers",
                        ROUTE + ".headers.response.add.x: \"a\\nb\", expected a text without control characters"),
                route(
                        "upstream = app, match.method = \"GET POST\"",
                        match + ".method",
                        match + ".method: \"GET POST\", " + token),
                route(
                        "upstream = app, match.headers = [x]",
                        match + ".headers",
                        match + ".headers: a list, expected an object with one entry per name"));
    }

    private static Arguments upstream(String keys, String refused, String... mistakes) {
        return arguments(
                "outrigger { listeners.in.bind = \"127.0.0.1:1\", upstreams.app { " + keys
                        + " }, routes = [{ upstream = app }] }",
                refused,
                List.of(mistakes));
    }

    private static Arguments route(String keys, String refused, String... mistakes) {
        return arguments(
                "outrigger { listeners.in.bind = \"127.0.0.1:1\", upstreams { app.endpoints = [\"a:1\"], b.endpoints ="
                        + " [\"b:1\"] }, routes = [{ " + keys + " }] }",
                refused,
                List.of(mistakes));
    }
}
