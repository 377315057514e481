package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.SlowCallConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a breaker may be told, and what not. */
final class WrongBreakerTest {
    private static final String PATH = "outrigger.upstreams.app.breaker";
    private static final String SHARE = "expected a share above 0% and up to 100% such as 25% or 0.25";
    private static final String DURATION = "expected a duration from 1ms to 365d such as 30s";

    @ParameterizedTest
    @MethodSource
    void aBreakerThatCannotBeMeantIsRefused(String breaker, List<String> messages) {
        assertEquals(
                messages.stream().map(message -> "test.conf:6: " + message).toList(),
                Loads.problems(load(breaker)).stream().sorted().toList());
    }

    static Stream<Arguments> aBreakerThatCannotBeMeantIsRefused() {
        return Stream.of(
                wrong(
                        "backoff { factor = 0.5, max = 10s, jitter = 120% }",
                        ".backoff.factor: 0.5, expected a number from 1 to 1000 such as 2 or 1.5",
                        ".backoff.jitter: \"120%\", expected a share from 0% to 100% such as 25% or 0.25",
                        ".backoff.max: \"10s\", expected at least 30s as " + PATH + ".open-for has it"),
                wrong(
                        "failure-rate { threshold = 0%, window = 60, mincalls = 20 }",
                        ".failure-rate.mincalls: unknown key, expected one of min-calls, threshold, window, did you mean"
                                + " min-calls?",
                        ".failure-rate.threshold: \"0%\", " + SHARE,
                        ".failure-rate.window: 60, " + DURATION),
                wrong("slow-call = 2s", ".slow-call: \"2s\", expected an object"),
                wrong("slow-call.rate = 0", ".slow-call.rate: 0, " + SHARE),
                wrong(
                        "fails-on { statuses = [5xx, 6xx, 50], rpc-codes = [x], tool-errors = maybe }",
                        ".fails-on.rpc-codes[0]: \"x\", expected a whole number from -2147483648 to 2147483647",
                        ".fails-on.statuses[1]: \"6xx\", expected a status such as 503, or a class of them such as 5xx",
                        ".fails-on.statuses[2]: 50, expected a status such as 503, or a class of them such as 5xx",
                        ".fails-on.tool-errors: \"maybe\", expected true or false"));
    }

    @Test
    void ratesAreJudgedWhereTheirBlocksAreWritten() {
        BreakerConfig breaker = breaker("failure-rate {}");

        assertEquals(Optional.of(new FailureRateConfig(0.5, Duration.ofMinutes(1), 20)), breaker.failureRate());
        assertEquals(Optional.empty(), breaker.slowCall());
    }

    @Test
    void slowCallsAreJudgedOverTheWindowOfTheFailureRate() {
        assertEquals(
                Optional.of(new SlowCallConfig(Duration.ofSeconds(3), 0.8, Duration.ofMinutes(1), 20)),
                breaker("slow-call.threshold = 3s").slowCall());
        assertEquals(
                Optional.of(new SlowCallConfig(Duration.ofSeconds(2), 0.8, Duration.ofSeconds(5), 7)),
                breaker("slow-call {}, failure-rate { window = 5s, min-calls = 7 }")
                        .slowCall());
    }

    @Test
    void aLongOpenTimeNeedsNoLongerCapBesideIt() {
        assertEquals(Duration.ofMinutes(10), breaker("open-for = 10m").openFor());
    }

    private static BreakerConfig breaker(String keys) {
        return Loads.config(load(keys)).upstreams().get(0).breaker();
    }

    private static LoadResult load(String keys) {
        return new ConfigLoader(Map.of())
                .loadString("test.conf", Loads.COMPLETE + "outrigger.upstreams.app.breaker { " + keys + " }");
    }

    private static Arguments wrong(String keys, String... messages) {
        return arguments(keys, Stream.of(messages).map(PATH::concat).toList());
    }
}
