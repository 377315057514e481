package dev.outrigger.config.load;

import dev.outrigger.config.model.BackoffConfig;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.FailsOnConfig;
import dev.outrigger.config.model.FailureRateConfig;
import dev.outrigger.config.model.SlowCallConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The keys of one circuit breaker, in both directions. */
final class BreakerSection {
    static final String KEY = "breaker";

    private static final String FAILURE_RATE = "failure-rate";
    private static final String SLOW_CALL = "slow-call";
    private static final ValueKind<Integer> IN_A_ROW = Kinds.count(1, 10_000);
    private static final ValueKind<Integer> CALLS = Kinds.count(1, 50_000);

    private BreakerSection() {}

    static BreakerConfig read(ConfigReader reader) {
        boolean judgesFailures = reader.isWritten(FAILURE_RATE);
        boolean judgesSlowCalls = reader.isWritten(SLOW_CALL);
        int consecutiveFailures = reader.read("consecutive-failures", IN_A_ROW);
        Duration openFor = reader.read("open-for", Kinds.TIMEOUT);
        int halfOpenCalls = reader.read("half-open-calls", IN_A_ROW);
        BackoffConfig backoff = backoff(reader.section("backoff"));
        FailureRateConfig failureRate = failureRate(reader.section(FAILURE_RATE));
        SlowCallConfig slowCall = slowCall(reader.section(SLOW_CALL), failureRate);
        BreakerConfig breaker = new BreakerConfig(
                consecutiveFailures,
                openFor,
                halfOpenCalls,
                backoff,
                judgesFailures ? Optional.of(failureRate) : Optional.empty(),
                judgesSlowCalls ? Optional.of(slowCall) : Optional.empty(),
                failsOn(reader.section("fails-on")));
        reader.finish();
        return breaker;
    }

    private static BackoffConfig backoff(ConfigReader reader) {
        BackoffConfig backoff = new BackoffConfig(
                reader.read("factor", Kinds.FACTOR),
                reader.read("max", Kinds.TIMEOUT),
                reader.read("jitter", Kinds.SHARE));
        reader.finish();
        return backoff;
    }

    private static FailureRateConfig failureRate(ConfigReader reader) {
        FailureRateConfig rate = new FailureRateConfig(
                reader.read("threshold", Kinds.SHARE_ABOVE_ZERO),
                reader.read("window", Kinds.TIMEOUT),
                reader.read("min-calls", CALLS));
        reader.finish();
        return rate;
    }

    private static SlowCallConfig slowCall(ConfigReader reader, FailureRateConfig window) {
        SlowCallConfig slow = new SlowCallConfig(
                reader.read("threshold", Kinds.TIMEOUT),
                reader.read("rate", Kinds.SHARE_ABOVE_ZERO),
                window.window(),
                window.minCalls());
        reader.finish();
        return slow;
    }

    private static FailsOnConfig failsOn(ConfigReader reader) {
        FailsOnConfig failsOn = new FailsOnConfig(
                reader.readAll("statuses", Kinds.FAILED_STATUS),
                reader.readAll("rpc-codes", Kinds.RPC_CODE),
                reader.read("tool-errors", Kinds.SWITCH));
        reader.finish();
        return failsOn;
    }

    static Map<String, Object> render(BreakerConfig breaker) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "consecutive-failures", breaker.consecutiveFailures(),
                "open-for", Durations.format(breaker.openFor()),
                "half-open-calls", breaker.halfOpenCalls(),
                "backoff",
                        Map.of(
                                "factor", breaker.backoff().factor(),
                                "max", Durations.format(breaker.backoff().max()),
                                "jitter", Shares.format(breaker.backoff().jitter())),
                "fails-on",
                        Map.of(
                                "statuses", breaker.failsOn().statuses(),
                                "rpc-codes", breaker.failsOn().rpcCodes(),
                                "tool-errors", breaker.failsOn().toolErrors())));
        breaker.failureRate()
                .ifPresent(rate -> values.put(
                        FAILURE_RATE,
                        Map.of(
                                "threshold", Shares.format(rate.threshold()),
                                "window", Durations.format(rate.window()),
                                "min-calls", rate.minCalls())));
        breaker.slowCall()
                .ifPresent(slow -> values.put(
                        SLOW_CALL,
                        Map.of(
                                "threshold", Durations.format(slow.threshold()),
                                "rate", Shares.format(slow.rate()))));
        return values;
    }
}
