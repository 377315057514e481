package dev.outrigger.admin;

import dev.outrigger.config.model.PrometheusConfig;
import java.io.IOException;
import java.util.List;

/** What guards {@code /metrics} on the status port, and that path alone: the kubelet's probes carry no tokens. */
public final class MetricsGuards {
    private MetricsGuards() {}

    /** @throws IOException if a token is asked for and there is none, see {@link TokenGuard#of} */
    public static List<OpsGuard> of(PrometheusConfig config) throws IOException {
        return config.token().isPresent() ? List.of(TokenGuard.of(config.token().get())) : List.of();
    }
}
