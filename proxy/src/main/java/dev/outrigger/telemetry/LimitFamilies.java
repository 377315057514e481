package dev.outrigger.telemetry;

import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.OverloadGuard;
import dev.outrigger.resilience.RateLimiter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import java.util.function.Consumer;

/** The families about limits of what comes in a time and of what is under way at once. One scrape each. */
final class LimitFamilies {
    private static final double NANOS_PER_SECOND = 1e9;

    private final GaugeFamily available = new GaugeFamily(
            "rate_limit_available_tokens", "What the key that is nearest to the limit has left.", null, "service");
    private final CounterFamily rejected =
            new CounterFamily("rate_limit_rejected", "Requests refused because of the limit.", "service");
    private final CounterFamily shadowRejected = new CounterFamily(
            "outrigger_rate_limit_shadow_rejected",
            "Requests that passed only because the limit is tried out.",
            "service");
    private final GaugeFamily keys =
            new GaugeFamily("outrigger_rate_limit_keys", "Keys that are remembered.", null, "service");
    private final GaugeFamily limits = new GaugeFamily(
            "outrigger_concurrency_limit", "Calls that may be under way at once.", null, "scope", "service");
    private final GaugeFamily used =
            new GaugeFamily("outrigger_concurrency_used", "Calls under way.", null, "scope", "service");
    private final GaugeFamily waiting = new GaugeFamily(
            "outrigger_concurrency_waiting", "Exchanges that wait for a place.", null, "scope", "service");
    private final CounterFamily queued = new CounterFamily(
            "outrigger_concurrency_queued", "Exchanges that had to wait for a place.", "scope", "service");
    private final CounterFamily refused = new CounterFamily(
            "outrigger_concurrency_rejected",
            "Exchanges refused, because the line was full or the wait too long.",
            "scope",
            "service",
            "reason");

    private final GaugeFamily overload = new GaugeFamily(
            "outrigger_overload", "1 while new requests are refused because of the resource.", null, "resource");
    private final GaugeFamily stall = new GaugeFamily(
            "outrigger_loop_stall_seconds",
            "How late an event loop was with a task, in the worst of the looks of the last 15 s.",
            Unit.SECONDS);
    private final CounterFamily shed =
            new CounterFamily("outrigger_requests_shed", "Requests refused because the process was overloaded.");

    void add(Limiters limiters, long nowNanos) {
        for (OverloadGuard.Resource resource : OverloadGuard.Resource.values()) {
            overload.set(limiters.guard().lacks(resource) ? 1 : 0, resource.label());
        }
        stall.set(limiters.guard().worstStallNanos() / NANOS_PER_SECOND);
        shed.add(limiters.guard().shed());
        for (RateLimiter limiter : limiters.rates()) {
            available.set(limiter.fewestAvailable(nowNanos), limiter.name());
            rejected.add(limiter.rejected(), limiter.name());
            shadowRejected.add(limiter.shadowRejected(), limiter.name());
            keys.set(limiter.keys(), limiter.name());
        }
        for (ConcurrencyLimiter limiter : limiters.concurrency()) {
            String scope = limiter.scope().label();
            limits.set(limiter.limit(), scope, limiter.name());
            used.set(limiter.used(), scope, limiter.name());
            waiting.set(limiter.waiting(), scope, limiter.name());
            queued.add(limiter.queued(), scope, limiter.name());
            refused.add(limiter.refusedFull(), scope, limiter.name(), "queue_full");
            refused.add(limiter.refusedLate(), scope, limiter.name(), "queue_timeout");
        }
    }

    void emit(Consumer<MetricSnapshot> sink) {
        List.of(overload, stall, available, keys, limits, used, waiting)
                .forEach(family -> sink.accept(family.snapshot()));
        List.of(shed, rejected, shadowRejected, queued, refused).forEach(family -> sink.accept(family.snapshot()));
    }
}
