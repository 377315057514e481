package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.failure.Reason;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.route.Route;
import dev.outrigger.route.RouteTable;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Begins at the clock's ordinary and extreme readings, since only differences may count. */
class TimeoutsTest {
    private static final Route ROUTE = Objects.requireNonNull(new RouteTable(
                    List.of(new RouteConfig(
                            "r",
                            "/",
                            "app",
                            Duration.ofNanos(10),
                            Duration.ofNanos(20),
                            Duration.ofNanos(100),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            false,
                            Optional.empty())),
                    new Limiters(Runnable::run, NanoClock.SYSTEM))
            .match("/"));

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void silenceEndsItFirstWhileTheRequestComesIn(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        assertEquals(start + 20, timeouts.nextNanos());
        assertEquals(Reason.IDLE_TIMEOUT, timeouts.passed(start + 20));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void everyByteRestartsTheSilence(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.onActivity(start + 15);
        assertEquals(start + 35, timeouts.nextNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void theAnswersTimeRunsFromTheEndOfTheRequest(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.onActivity(start + 7);
        timeouts.awaitAnswer(start + 7);
        assertEquals(start + 17, timeouts.nextNanos());
        assertEquals(Reason.REQUEST_TIMEOUT, timeouts.passed(start + 17));
        timeouts.onActivity(start + 12);
        assertEquals(start + 17, timeouts.nextNanos(), "bytes do not give it more time");
        timeouts.answered();
        assertEquals(start + 32, timeouts.nextNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void noStreamOutlivesTheCap(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.onActivity(start + 95);
        assertEquals(start + 100, timeouts.nextNanos());
        assertEquals(Reason.MAX_DURATION, timeouts.passed(start + 100));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void progressRestartsTheAnswersTime(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.awaitAnswer(start);
        timeouts.onActivity(start + 9);
        timeouts.onProgress(start + 9);
        assertEquals(start + 19, timeouts.nextNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void theAnswersTimeStandsStillWhileTheServerAsks(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.awaitAnswer(start);
        timeouts.onActivity(start + 5);
        timeouts.onServerAsks();
        assertEquals(start + 25, timeouts.nextNanos(), "silence still ends it");
        assertEquals(Reason.IDLE_TIMEOUT, timeouts.passed(start + 25));
        timeouts.onServerGoesOn(start + 12);
        assertEquals(start + 22, timeouts.nextNanos());
        timeouts.onServerGoesOn(start + 15);
        assertEquals(start + 22, timeouts.nextNanos(), "only what stood still begins anew");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, -50, Long.MAX_VALUE - 5})
    void anOperationMayHaveATimeOfItsOwn(long start) {
        Timeouts timeouts = new Timeouts(ROUTE, start);
        timeouts.allow(3);
        timeouts.awaitAnswer(start);
        assertEquals(start + 3, timeouts.nextNanos());
        timeouts.onProgress(start + 2);
        assertEquals(start + 5, timeouts.nextNanos());
    }
}
