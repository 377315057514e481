package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in what happens when an upstream fails a request. */
final class WrongRetryTest {
    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            retry { attempts = 0 } | retry.attempts: 0, expected a whole number from 1 to 10
            retry { budget = 0% } | retry.budget: "0%", expected a share above 0% and up to 100% such as 25% or 0.25
            retry { per-try-timeout = 16s } | retry.per-try-timeout: "16s", expected at most 15s as ROUTE.timeout has it
            retry { backoff.base = 1s } | retry.backoff.base: "1s", expected at most 250ms as ROUTE.retry.backoff.max has it
            retry { backoff.max = 1ms } | retry.backoff.max: "1ms", expected at least 25ms as ROUTE.retry.backoff.base has it
            retry { tools = get_x } | retry.tools: "get_x", expected a list, each of it a tool name of 1 to 256 characters, \
            without control characters; * stands for any run of characters
            retry { statuses = [200] } | retry.statuses[0]: 200, expected a whole number from 400 to 599
            retry { max-body = 1GiB } | retry.max-body: "1GiB", expected a size from 0B to 16MiB such as 8KiB
            retry = on | retry: "on", expected an object
            retry { trust-annotations = yes } | retry.trust-annotations: unknown key, expected one of attempts, backoff, \
            budget, max-body, per-try-timeout, statuses, tools, trust-tool-annotations, did you mean trust-tool-annotations?
            fallback {} | fallback.body: missing, expected an object, the result of the call
            fallback.body = 1 | fallback.body: 1, expected an object, the result of the call
            fallback { body {}, tools = [""] } | fallback.tools[0]: "", expected a tool name of 1 to 256 characters, without \
            control characters; * stands for any run of characters
            retry {}, hedge.after = p50 | hedge.after: "p50", expected p95, or a duration from 1ms to 365d such as 30s
            hedge {} | retry: missing, expected an object beside hedge
            tools.x.dead-letter = true | tools.x.dead-letter: true, expected false, or a file as outrigger.dead-letter.path
            """)
    void isNamedWithWhatWasExpected(String keys, String problem) {
        String text = "outrigger { listeners.in.bind = \"127.0.0.1:1\", upstreams.app.endpoints = [\"a:1\"], routes ="
                + " [{ upstream = app, " + keys + " }] }";

        assertEquals(
                "[test.conf:1: outrigger.routes[0]." + problem.replace("ROUTE", "outrigger.routes[0]") + "]",
                Loads.problems(loader.loadString("test.conf", text)).toString());
    }
}
