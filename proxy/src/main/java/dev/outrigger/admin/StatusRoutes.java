package dev.outrigger.admin;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.function.Supplier;

/** What the status port answers. It is open to the network: nothing here changes state or tells an address. */
public final class StatusRoutes {
    private StatusRoutes() {}

    /**
     * @param metricsGuard asked before {@code /metrics} only: probes carry no tokens
     * @param upstreams the ones of the configuration in force, asked anew for each request
     * @param caches what is kept of answers
     * @param probes what is answered for the application
     */
    public static OpsRoutes of(
            MetricsSource metrics,
            OpsGuard metricsGuard,
            SidecarHealth sidecar,
            Supplier<List<Upstream>> upstreams,
            CacheOverview caches,
            ProbeEndpoints probes) {
        McpHealth mcp = new McpHealth(upstreams, caches);
        return OpsRoutes.builder()
                .get(
                        "/metrics",
                        "metrics for Prometheus, in the format that Accept asks for",
                        metrics.endpoint().behind(metricsGuard))
                .get("/live", "200 while the process can answer", OpsEndpoint.of(sidecar::live))
                .get(
                        "/ready",
                        "200 while the sidecar wants traffic and at least half of the upstreams are available, else 503",
                        OpsEndpoint.of(request -> sidecar.ready(mcp.isUnhealthy())))
                .get("/health", "the sidecar and its telemetry", OpsEndpoint.of(sidecar::health))
                .get("/health/mcp", "the MCP servers behind the sidecar", OpsEndpoint.of(mcp::health))
                .get("/app-health/{container}/{probe}", "the application's answer to a probe of its own", probes::ask)
                .build();
    }
}
