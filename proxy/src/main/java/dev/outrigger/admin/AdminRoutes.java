package dev.outrigger.admin;

import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.function.Supplier;

/** What the admin port answers: internals with addresses, and everything that changes state, never by GET. */
public final class AdminRoutes {
    private AdminRoutes() {}

    /**
     * @param upstreams the ones of the configuration in force, asked anew for each request
     * @param config the configuration in force as JSON text, without secrets
     */
    public static OpsRoutes of(
            MetricsSource metrics,
            Supplier<List<Upstream>> upstreams,
            PoolGauges gauges,
            Supplier<String> config,
            NanoClock clock) {
        UpstreamEndpoints upstreamEndpoints = new UpstreamEndpoints(upstreams, gauges);
        SessionEndpoints sessions = new SessionEndpoints(upstreams, clock);
        BreakerEndpoints breakers = new BreakerEndpoints(upstreams, clock);
        return OpsRoutes.builder()
                .index("Outrigger admin")
                .get("/upstreams", "upstreams and their endpoints", OpsEndpoint.of(upstreamEndpoints::list))
                .get("/sessions", "MCP sessions and the endpoints that hold them", OpsEndpoint.of(sessions::list))
                .get("/breakers", "circuit breakers", OpsEndpoint.of(breakers::list))
                .post("/breakers/{name}/reset", "closes a circuit breaker", OpsEndpoint.of(breakers::reset))
                .get(
                        "/config",
                        "the configuration in force, secrets redacted",
                        OpsEndpoint.of(request -> OpsReply.jsonText(200, config.get())))
                .get("/metrics", "the same as on the status port", metrics.endpoint())
                .build();
    }
}
