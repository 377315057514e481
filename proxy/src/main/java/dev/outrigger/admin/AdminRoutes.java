package dev.outrigger.admin;

import dev.outrigger.cache.CacheOverview;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.function.Supplier;

/** What the admin port answers: internals with addresses, and everything that changes state, never by GET. */
public final class AdminRoutes {
    private AdminRoutes() {}

    /** Of a sidecar whose configuration can change. */
    public static OpsRoutes of(Sources sources, ConfigControl control) {
        ConfigEndpoints config = new ConfigEndpoints(control);
        SwitchEndpoints switches = new SwitchEndpoints(control);
        LoggingEndpoints logging = new LoggingEndpoints(control);
        return readings(sources)
                .get("/config", "the configuration in force, secrets redacted", OpsEndpoint.of(config::show))
                .post("/config/reload", "reads the configuration anew and says what changed", config::reload)
                .get("/tracing", "whether and how much is traced", OpsEndpoint.of(switches::tracing))
                .put("/tracing", "on, off or a share such as 10%, until the next reload", switches::switchTracing)
                .get("/metrics-collection", "whether exchanges are recorded", OpsEndpoint.of(switches::metrics))
                .put("/metrics-collection", "on or off, until the next reload", switches::switchMetrics)
                .get("/access-log", "whether the access log is written", OpsEndpoint.of(switches::accessLog))
                .put("/access-log", "on or off, until the next reload", switches::switchAccessLog)
                .get("/logging", "levels of the application log", OpsEndpoint.of(logging::levels))
                .put("/logging", "error, warn, info or debug, until the next reload", OpsEndpoint.of(logging::change))
                .post(
                        "/drain",
                        "stops the sidecar in order, as SIGTERM does",
                        OpsEndpoint.of(request -> drain(control)))
                .build();
    }

    private static OpsReply drain(ConfigControl control) {
        control.drain();
        return OpsReply.json(
                202, json -> json.beginObject().name("status").value("draining").endObject());
    }

    private static OpsRoutes.Builder readings(Sources sources) {
        UpstreamEndpoints upstreamEndpoints = new UpstreamEndpoints(sources.upstreams, sources.gauges);
        SessionEndpoints sessions = new SessionEndpoints(sources.upstreams, sources.clock);
        BreakerEndpoints breakers = new BreakerEndpoints(sources.upstreams, sources.clock);
        LimitEndpoints limits = new LimitEndpoints(sources.limiters, sources.clock);
        CacheEndpoints cache = new CacheEndpoints(sources.caches);
        ShiftEndpoints shifts = new ShiftEndpoints(sources.shifts, sources.clock);
        ErrorEndpoints errors = new ErrorEndpoints(sources.refusals);
        return OpsRoutes.builder()
                .index("Outrigger admin")
                .get("/upstreams", "upstreams and their endpoints", OpsEndpoint.of(upstreamEndpoints::list))
                .get("/sessions", "MCP sessions and the endpoints that hold them", OpsEndpoint.of(sessions::list))
                .get("/breakers", "circuit breakers", OpsEndpoint.of(breakers::list))
                .post("/breakers/{name}/open", "refuses every call until a reset", OpsEndpoint.of(breakers::open))
                .post("/breakers/{name}/close", "lets every call pass until a reset", OpsEndpoint.of(breakers::close))
                .post("/breakers/{name}/reset", "closes a circuit breaker", OpsEndpoint.of(breakers::reset))
                .get(
                        "/rate-limit",
                        "limits and who is nearest to them; ?keys=N shows more or fewer than 20 of each",
                        OpsEndpoint.of(limits::list))
                .get("/cache", "what is kept of answers, as figures", OpsEndpoint.of(cache::list))
                .delete("/cache", "drops it; ?upstream=NAME&tool=NAME some of it", OpsEndpoint.of(cache::drop))
                .get("/shift", "how far traffic has moved from one upstream to another", OpsEndpoint.of(shifts::list))
                .post(
                        "/shift/{route}/start",
                        "begins a shift anew, or goes on after a pause",
                        shifts.order(TrafficShift::start))
                .post("/shift/{route}/pause", "makes no further step", shifts.order(TrafficShift::pause))
                .post("/shift/{route}/abort", "gives everything back", shifts.order(TrafficShift::abort))
                .post(
                        "/shift/{route}/promote",
                        "gives everything to the new upstream",
                        shifts.order(TrafficShift::promote))
                .get("/errors", "the last requests that were refused because of their form", errors::list)
                .get("/metrics", "the same as on the status port", sources.metrics.endpoint());
    }

    /**
     * What is read for each request anew.
     *
     * @param upstreams the ones of the configuration in force, and original destinations
     * @param limiters likewise
     * @param caches what is kept of answers
     * @param shifts those of the configuration in force
     */
    public record Sources(
            MetricsSource metrics,
            Supplier<List<Upstream>> upstreams,
            PoolGauges gauges,
            RefusalSource refusals,
            NanoClock clock,
            Supplier<Limiters> limiters,
            CacheOverview caches,
            Supplier<List<Destinations.Shifting>> shifts) {}
}
