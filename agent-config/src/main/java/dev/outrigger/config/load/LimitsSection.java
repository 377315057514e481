package dev.outrigger.config.load;

import dev.outrigger.config.model.ConcurrencyLimitConfig;
import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.config.model.RateLimitConfig.Algorithm;
import java.time.Duration;
import java.util.Optional;

/** The keys of limits, of a route, a tool or an upstream. Each is on where its block is written. */
final class LimitsSection {
    static final String RATE = "rate-limit";
    static final String CONCURRENCY = "concurrency-limit";
    static final String ADAPTIVE = "adaptive";

    /** A sliding window keeps the time of each call, 8 bytes: 128 MiB for all keys of one limit. */
    static final long MOST_TIMES = 16L << 20;

    private static final ValueKind<Integer> CALLS = Kinds.count(1, 1_000_000);
    private static final ValueKind<Integer> WAITING = Kinds.count(0, 1_000_000);
    private static final ValueKind<Integer> KEYS = Kinds.count(1, 1_000_000);
    /** Longer than this no bucket may take to fill, so that its times stay within what can be counted. */
    private static final Duration LONGEST_FILL = Duration.ofDays(365);

    private LimitsSection() {}

    /** @param defaults of the same block, where the owner has none */
    static Optional<RateLimitConfig> rate(ConfigReader owner, ConfigReader defaults) {
        boolean isOn = owner.isWritten(RATE);
        ConfigReader reader = owner.section(RATE, defaults);
        Optional<Integer> rate = reader.readIfSet("rate", CALLS);
        if (isOn && rate.isEmpty()) {
            reader.demand("rate", CALLS.expected());
        }
        int calls = rate.orElse(1);
        Optional<Integer> burst = reader.readIfSet("burst", CALLS);
        RateLimitConfig limit = new RateLimitConfig(
                reader.read("key", Kinds.dashedChoice(RateLimitConfig.Key.class)),
                reader.read("algorithm", Kinds.dashedChoice(Algorithm.class)),
                calls,
                reader.read("per", Kinds.TIMEOUT),
                burst.orElse(calls),
                reader.read("shadow", Kinds.SWITCH),
                reader.read("max-keys", KEYS));
        if (isOn) {
            check(reader, limit, burst.isPresent());
        }
        reader.finish();
        return isOn ? Optional.of(limit) : Optional.empty();
    }

    private static void check(ConfigReader reader, RateLimitConfig limit, boolean hasBurst) {
        boolean isWindow = limit.algorithm() == Algorithm.SLIDING_WINDOW;
        if (isWindow && hasBurst) {
            reader.contradict("burst", Integer.toString(limit.burst()), "none, as a sliding window has no burst");
        }
        if (isWindow && (long) limit.rate() * limit.maxKeys() > MOST_TIMES) {
            reader.contradict(
                    "rate",
                    Integer.toString(limit.rate()),
                    "at most " + MOST_TIMES / limit.maxKeys() + " in a sliding window with max-keys = "
                            + limit.maxKeys());
        }
        double fillSeconds = limit.per().toMillis() / 1e3 / limit.rate() * limit.burst();
        if (!isWindow && fillSeconds > LONGEST_FILL.toSeconds()) {
            reader.contradict("burst", Integer.toString(limit.burst()), "what fills up again within 365d");
        }
    }

    /** @param defaults of the same block, where the owner has none */
    static Optional<ConcurrencyLimitConfig> concurrency(ConfigReader owner, ConfigReader defaults) {
        boolean isWord = owner.isWord(CONCURRENCY, ADAPTIVE);
        boolean isOn = isWord || owner.isWritten(CONCURRENCY);
        ConfigReader reader = isWord ? defaults : owner.section(CONCURRENCY, defaults);
        boolean adaptive = reader.read(ADAPTIVE, Kinds.SWITCH) || isWord;
        Optional<Integer> max = reader.readIfSet("max", CALLS);
        if (isOn && max.isEmpty() && !adaptive) {
            reader.demand("max", CALLS.expected());
        }
        int most = max.orElse(1000);
        ConcurrencyLimitConfig limit = new ConcurrencyLimitConfig(
                most,
                reader.read("queue", WAITING),
                reader.read("queue-timeout", Kinds.TIMEOUT),
                adaptive,
                reader.read("min", CALLS));
        if (isOn && adaptive && limit.min() > most) {
            reader.contradict("min", Integer.toString(limit.min()), "at most " + most + " as max has it");
        }
        reader.finish();
        return isOn ? Optional.of(limit) : Optional.empty();
    }
}
