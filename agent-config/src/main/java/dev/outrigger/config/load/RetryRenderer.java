package dev.outrigger.config.load;

import com.typesafe.config.ConfigFactory;
import dev.outrigger.config.model.DeadLetterConfig;
import dev.outrigger.config.model.FallbackConfig;
import dev.outrigger.config.model.HedgeConfig;
import dev.outrigger.config.model.RetryConfig;
import dev.outrigger.config.model.RouteConfig;
import java.util.Map;
import java.util.TreeMap;

/** The part of {@link ConfigRenderer} that is about what happens when an upstream fails a request. */
final class RetryRenderer {
    private RetryRenderer() {}

    static Map<String, Object> route(RouteConfig route) {
        Map<String, Object> values = new TreeMap<>();
        route.retry().ifPresent(retry -> values.put(RetrySection.KEY, retry(retry)));
        route.fallback().ifPresent(fallback -> values.put(FallbackSection.KEY, fallback(fallback)));
        route.hedge().ifPresent(hedge -> values.put(HedgeSection.KEY, hedge(hedge)));
        return values;
    }

    private static Map<String, Object> hedge(HedgeConfig hedge) {
        return Map.of(HedgeSection.AFTER, hedge.after().map(Durations::format).orElse(HedgeSection.OBSERVED));
    }

    private static Map<String, Object> retry(RetryConfig retry) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "attempts",
                retry.attempts(),
                "budget",
                Shares.format(retry.budget()),
                "backoff",
                Map.of(
                        "base", Durations.format(retry.backoffBase()),
                        "max", Durations.format(retry.backoffMax())),
                "tools",
                retry.tools(),
                "statuses",
                retry.statuses(),
                "trust-tool-annotations",
                retry.trustToolAnnotations(),
                "max-body",
                Sizes.format(retry.maxBodyBytes())));
        retry.perTryTimeout().ifPresent(timeout -> values.put(RetrySection.PER_TRY_TIMEOUT, Durations.format(timeout)));
        return values;
    }

    private static Map<String, Object> fallback(FallbackConfig fallback) {
        return Map.of(
                FallbackSection.BODY,
                ConfigFactory.parseString(fallback.body()).root().unwrapped(),
                "tools",
                fallback.tools());
    }

    static Map<String, Object> deadLetter(DeadLetterConfig deadLetter) {
        return Map.of(
                "path", deadLetter.path(),
                "max-bytes", Sizes.format(deadLetter.maxBytes()),
                "fsync", Kinds.word(deadLetter.fsync()));
    }
}
