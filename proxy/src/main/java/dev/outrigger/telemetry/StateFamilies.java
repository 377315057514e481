package dev.outrigger.telemetry;

import dev.outrigger.record.GrpcStatus;
import dev.outrigger.record.RetryReason;
import dev.outrigger.resilience.BreakerCounts;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.Upstream;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The families that show how things are at the moment: breakers, upstreams, their connections. One scrape each. */
final class StateFamilies {
    private final GaugeFamily connected = new GaugeFamily(
            "mcp_servers_connected", "Upstreams with a healthy endpoint and a breaker that lets calls pass.", null);
    private final GaugeFamily breakerStates = new GaugeFamily(
            "circuit_breaker_state", "1 for the state that the breaker is in.", null, "component", "state");
    private final GaugeFamily failureRates = new GaugeFamily(
            "circuit_breaker_failure_rate",
            "Share of failed calls, 0 to 1: over the breaker's own window if it judges rates, else over the last quantile"
                    + " window.",
            null,
            "component");
    private final GaugeFamily slowRates = new GaugeFamily(
            "circuit_breaker_slow_call_rate",
            "Share of slow calls over the breaker's own window, 0 to 1; 0 if it judges no rates.",
            null,
            "component");
    private final GaugeFamily forced = new GaugeFamily(
            "circuit_breaker_forced",
            "1 if the breaker was put into its state by hand and stays there.",
            null,
            "component");
    private final CounterFamily transitions = new CounterFamily(
            "circuit_breaker_transitions", "Changes of the breaker to the state.", "component", "state");
    private final GaugeFamily shiftShares = new GaugeFamily(
            "outrigger_shift_share",
            "Share of the route's requests that the new upstream gets, 0 to 1.",
            null,
            "route");
    private final CounterFamily shiftAborts =
            new CounterFamily("outrigger_shift_aborts", "Shifts of the route's traffic that were called off.", "route");
    private final GaugeFamily connections =
            new GaugeFamily("upstream_connections", "Open connections to the upstream.", null, "server", "state");
    private final GaugeFamily pending = new GaugeFamily(
            "upstream_pending", "Exchanges that wait for a connection to the upstream.", null, "server");
    private final CounterFamily connects =
            new CounterFamily("upstream_connects", "Connects to the upstream that succeeded.", "server");
    private final CounterFamily connectFailures =
            new CounterFamily("upstream_connect_failures", "Connects to the upstream that failed.", "server");
    private final CounterFamily retries = new CounterFamily(
            "upstream_retries", "Requests that were sent once more, by why they had to be.", "server", "reason");
    private final CounterFamily retryBudgetExhausted = new CounterFamily(
            "upstream_retry_budget_exhausted",
            "Requests that were not sent once more because too many were already.",
            "server");
    private final CounterFamily hedgesWon = new CounterFamily(
            "outrigger_hedges_won", "Answers that came from the second of two attempts under way.", "server");
    private final CounterFamily deadLetters =
            new CounterFamily("outrigger_dead_letters", "Calls that were kept to be made later.", "server");
    private final CounterFamily fallbacks = new CounterFamily(
            "outrigger_fallbacks", "Calls that got a static answer because the upstream failed them.", "server");
    private final CounterFamily grpcResponses = new CounterFamily(
            "outrigger_grpc_responses", "Ends of gRPC calls by their status code.", "server", "grpc_status");
    private final GaugeFamily healthy = new GaugeFamily(
            "upstream_endpoint_healthy",
            "1 if the endpoint passed its last checks; endpoints are numbered as configured.",
            null,
            "server",
            "endpoint");

    private final GaugeFamily ejected = new GaugeFamily(
            "upstream_endpoints_ejected",
            "Endpoints that get no requests for a while because they failed those that they had.",
            null,
            "server");
    private final CounterFamily ejections = new CounterFamily(
            "upstream_endpoint_ejections", "Times that an endpoint was ejected for failing its requests.", "server");
    private final CounterFamily checks =
            new CounterFamily("upstream_health_checks", "Checks of endpoints by how they ended.", "server", "result");
    private final CounterFamily lookups = new CounterFamily(
            "upstream_dns_lookups", "Look-ups of the upstream's name by how they ended.", "server", "result");

    void addBreakers(Collection<CircuitBreaker> breakers, Map<String, Double> rates, long nowNanos) {
        for (CircuitBreaker breaker : breakers) {
            CircuitBreaker.State current = breaker.state();
            for (CircuitBreaker.State state : CircuitBreaker.State.values()) {
                breakerStates.set(state == current ? 1 : 0, breaker.name(), state.label());
                transitions.add(breaker.transitionsTo(state), breaker.name(), state.label());
            }
            forced.set(breaker.isForced() ? 1 : 0, breaker.name());
            BreakerCounts counts = breaker.counts(nowNanos);
            double failureRate = counts == null ? rates.getOrDefault(breaker.name(), 0.0) : counts.failureRate();
            failureRates.set(failureRate, breaker.name());
            slowRates.set(counts == null ? 0 : counts.slowRate(), breaker.name());
        }
    }

    void addShifts(Collection<Destinations.Shifting> shifts, long nowNanos) {
        for (Destinations.Shifting shifting : shifts) {
            TrafficShift.Status status = shifting.shift().status(nowNanos);
            shiftShares.set(status.share(), shifting.shift().route());
            shiftAborts.add(status.aborts(), shifting.shift().route());
        }
    }

    void addUpstreams(Collection<Upstream> upstreams) {
        connected.set(upstreams.stream().filter(Upstream::isAvailable).count());
        for (Upstream upstream : upstreams) {
            ejected.set(upstream.ejected(), upstream.name());
            ejections.add(upstream.counts().ejections.get(), upstream.name());
            checks.add(upstream.counts().checksPassed.get(), upstream.name(), "success");
            checks.add(upstream.counts().checksFailed.get(), upstream.name(), "failure");
            if (upstream.config().dns().isPresent()) {
                lookups.add(upstream.counts().lookupsFound.get(), upstream.name(), "success");
                lookups.add(upstream.counts().lookupsEmpty.get(), upstream.name(), "negative");
                lookups.add(upstream.counts().lookupsFailed.get(), upstream.name(), "failure");
            }
            List<Endpoint> endpoints = upstream.endpoints();
            for (int i = 0; i < endpoints.size(); i++) {
                healthy.set(endpoints.get(i).status().healthy() ? 1 : 0, upstream.name(), Integer.toString(i));
            }
        }
    }

    void addPool(String upstream, MetricsSnapshot.PoolTotals pool) {
        connections.set(pool.connections() - pool.idle(), upstream, "active");
        connections.set(pool.idle(), upstream, "idle");
        pending.set(pool.pending(), upstream);
        connects.add(pool.connects(), upstream);
        connectFailures.add(pool.connectFailures(), upstream);
        for (RetryReason reason : RetryReason.values()) {
            retries.add(pool.retries().get(reason.ordinal()), upstream, reason.label());
        }
        retryBudgetExhausted.add(pool.retryBudgetExhausted(), upstream);
        hedgesWon.add(pool.hedgesWon(), upstream);
        deadLetters.add(pool.deadLetters(), upstream);
        fallbacks.add(pool.fallbacks(), upstream);
        for (int code = 0; code < pool.grpcResponses().size(); code++) {
            long count = pool.grpcResponses().get(code);
            if (count > 0) {
                grpcResponses.add(count, upstream, GrpcStatus.of(code).label());
            }
        }
    }

    void emit(Consumer<MetricSnapshot> sink) {
        List.of(
                        connected,
                        breakerStates,
                        failureRates,
                        slowRates,
                        forced,
                        shiftShares,
                        connections,
                        pending,
                        healthy,
                        ejected)
                .forEach(family -> sink.accept(family.snapshot()));
        List.of(
                        transitions,
                        shiftAborts,
                        connects,
                        connectFailures,
                        retries,
                        retryBudgetExhausted,
                        hedgesWon,
                        deadLetters,
                        fallbacks,
                        grpcResponses,
                        ejections,
                        checks,
                        lookups)
                .forEach(family -> sink.accept(family.snapshot()));
    }
}
