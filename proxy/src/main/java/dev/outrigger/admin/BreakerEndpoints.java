package dev.outrigger.admin;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.resilience.BreakerCounts;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** {@code /breakers}: the state of every circuit breaker, and taking one into one's own hands. */
final class BreakerEndpoints {
    private static final System.Logger LOG = System.getLogger(BreakerEndpoints.class.getName());
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Supplier<List<Upstream>> upstreams;
    private final NanoClock clock;

    BreakerEndpoints(Supplier<List<Upstream>> upstreams, NanoClock clock) {
        this.upstreams = upstreams;
        this.clock = clock;
    }

    OpsReply list(OpsRequest request) {
        return OpsReply.json(200, json -> {
            json.beginObject().name("breakers").beginArray();
            breakers().forEach(breaker -> write(json, breaker));
            json.endArray().endObject();
        });
    }

    /** Refuses every call from now on. */
    OpsReply open(OpsRequest request) {
        return change(request, CircuitBreaker::forceOpen);
    }

    /** Lets every call pass from now on. */
    OpsReply close(OpsRequest request) {
        return change(request, CircuitBreaker::forceClosed);
    }

    /** Closes it and lets it judge by itself again. */
    OpsReply reset(OpsRequest request) {
        return change(request, CircuitBreaker::reset);
    }

    /** Answers with the breaker as it is afterwards. */
    private OpsReply change(OpsRequest request, Change change) {
        String name = request.variable("name");
        List<CircuitBreaker> all = breakers();
        for (CircuitBreaker breaker : all) {
            if (breaker.name().equals(name)) {
                change.of(breaker, clock.nanoTime());
                LOG.log(Level.INFO, "by admin: breaker " + breaker + (breaker.isForced() ? " until it is reset" : ""));
                return OpsReply.json(200, json -> write(json, breaker));
            }
        }
        return unknown(all);
    }

    /** Each upstream's, followed by those of its tools. */
    private List<CircuitBreaker> breakers() {
        return upstreams.get().stream().flatMap(Upstream::breakers).toList();
    }

    private static OpsReply unknown(List<CircuitBreaker> all) {
        return OpsReply.json(404, json -> {
            json.beginObject()
                    .name("error")
                    .value("no breaker of that name")
                    .name("breakers")
                    .beginArray();
            all.forEach(breaker -> json.value(breaker.name()));
            json.endArray().endObject();
        });
    }

    private void write(JsonWriter json, CircuitBreaker breaker) {
        json.beginObject();
        json.name("name").value(breaker.name());
        json.name("state").value(breaker.state().label());
        json.name("forced").value(breaker.isForced());
        json.name("consecutive_failures").value(breaker.consecutiveFailures());
        json.name("trips").value(breaker.trips());
        json.name("retry_after_ms").value(ceilMillis(breaker.retryAfterNanos(clock.nanoTime())));
        writeCounts(json, breaker);
        json.name("transitions").beginObject();
        for (CircuitBreaker.State state : CircuitBreaker.State.values()) {
            json.name(state.label()).value(breaker.transitionsTo(state));
        }
        json.endObject();
        writeThresholds(json, breaker.config());
        json.endObject();
    }

    private void writeCounts(JsonWriter json, CircuitBreaker breaker) {
        BreakerCounts counts = breaker.counts(clock.nanoTime());
        if (counts != null) {
            json.name("window").beginObject();
            json.name("calls").value(counts.calls());
            json.name("failure_rate").value(counts.failureRate());
            json.name("slow_call_rate").value(counts.slowRate());
            json.endObject();
        }
    }

    private static void writeThresholds(JsonWriter json, BreakerConfig config) {
        json.name("thresholds").beginObject();
        json.name("consecutive_failures").value(config.consecutiveFailures());
        json.name("open_for_ms").value(config.openFor().toMillis());
        json.name("half_open_calls").value(config.halfOpenCalls());
        config.failureRate().ifPresent(rate -> {
            json.name("failure_rate").value(rate.threshold());
            writeWindow(json, rate.window(), rate.minCalls());
        });
        config.slowCall().ifPresent(slow -> {
            json.name("slow_call_ms").value(slow.threshold().toMillis());
            json.name("slow_call_rate").value(slow.rate());
            if (config.failureRate().isEmpty()) {
                writeWindow(json, slow.window(), slow.minCalls());
            }
        });
        json.endObject();
    }

    private static void writeWindow(JsonWriter json, Duration window, int minCalls) {
        json.name("window_ms").value(window.toMillis());
        json.name("min_calls").value(minCalls);
    }

    /** Rounded up, so that who waits that long does not come too early. */
    private static long ceilMillis(long nanos) {
        return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }

    @FunctionalInterface
    private interface Change {
        void of(CircuitBreaker breaker, long nowNanos);
    }
}
