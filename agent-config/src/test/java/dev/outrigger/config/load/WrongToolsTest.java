package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Names of tools are free, which leaves mistakes of their own. */
final class WrongToolsTest {
    private static final String ROUTE = Loads.COMPLETE + "outrigger.routes = [{ upstream = app, tools %s }]";

    @ParameterizedTest
    @MethodSource
    void aToolThatCannotBeMeantIsRefused(String tools, List<String> messages) {
        assertEquals(
                messages, Loads.problems(new ConfigLoader(Map.of()).loadString("test.conf", ROUTE.formatted(tools))));
    }

    static Stream<Arguments> aToolThatCannotBeMeantIsRefused() {
        String tools = "outrigger.routes[0].tools";
        String form = "expected a tool name of 1 to 256 characters, without control characters; * stands for any run of"
                + " characters";
        return Stream.of(
                wrong("= []", tools + ": an empty list, expected an object"),
                wrong("{ slow = 1s }", tools + ".slow: \"1s\", expected an object"),
                wrong(
                        "{ slow.timeout = 0s }",
                        tools + ".slow.timeout: \"0s\", " + "expected a duration from 1ms to 365d such as 30s"),
                wrong(
                        "{ slow { timout = 1s } }",
                        tools
                                + ".slow.timout: unknown key, expected one of allow, breaker, cache, concurrency-limit, dead-letter,"
                                + " rate-limit, timeout, did you mean timeout?"),
                wrong("{ slow { allow = never } }", tools + ".slow.allow: \"never\", expected true or false"),
                wrong("{ \"\" {} }", tools + ".\"\": \"\", " + form),
                wrong("{ \"a\\nb\" {} }", tools + ".\"a\\nb\": \"a\\nb\", " + form),
                wrong(
                        "{ db.query { timeout = 1s } }",
                        tools + ".db.query: a name split at its dots, expected it in quotes: \"db.query\""),
                wrong(
                        "{ a.b.c.timeout = 1s, a.d {} }",
                        tools + ".a.b.c: a name split at its dots, expected it in quotes: \"a.b.c\"",
                        tools + ".a.d: a name split at its dots, expected it in quotes: \"a.d\""),
                wrong(
                        "{ db.timeout { timeout = 1s } }",
                        tools + ".db.timeout: a name split at its dots, expected it in quotes: \"db.timeout\""),
                arguments(
                        "{ slow_* {} }",
                        List.of("test.conf:6: syntax error: Key 'slow_' may not be followed by token: '*'")));
    }

    private static Arguments wrong(String tools, String... messages) {
        return arguments(
                tools,
                Stream.of(messages).map(message -> "test.conf:6: " + message).toList());
    }
}
