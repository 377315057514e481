package dev.outrigger.config.load;

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
        return values;
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
}
