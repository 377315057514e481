package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.upstream.Endpoint;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.Upstream;
import java.util.List;
import java.util.function.Supplier;

/** {@code /upstreams}: every upstream and endpoint, with addresses, for the operator. */
final class UpstreamEndpoints {
    private final Supplier<List<Upstream>> upstreams;
    private final PoolGauges gauges;

    UpstreamEndpoints(Supplier<List<Upstream>> upstreams, PoolGauges gauges) {
        this.upstreams = upstreams;
        this.gauges = gauges;
    }

    OpsReply list(OpsRequest request) {
        return OpsReply.json(200, json -> {
            json.beginObject().name("upstreams").beginArray();
            upstreams.get().forEach(upstream -> write(json, upstream));
            json.endArray().endObject();
        });
    }

    private void write(JsonWriter json, Upstream upstream) {
        UpstreamHealth health = UpstreamHealth.of(upstream);
        json.beginObject();
        json.name("name").value(upstream.name());
        json.name("available").value(health.available());
        if (!health.available()) {
            json.name("error").value(health.error());
        }
        json.name("breaker").value(upstream.breaker().state().label());
        gauges.of(upstream.name()).ifPresent(gauge -> {
            json.name("connections").value(gauge.connections());
            json.name("pending").value(gauge.pending());
        });
        json.name("endpoints").beginArray();
        upstream.endpoints().forEach(endpoint -> write(json, endpoint));
        json.endArray().endObject();
    }

    private static void write(JsonWriter json, Endpoint endpoint) {
        EndpointStatus status = endpoint.status();
        json.beginObject();
        json.name("address").value(endpoint.name());
        json.name("healthy").value(status.healthy());
        if (!status.error().isEmpty()) {
            json.name("error").value(status.error());
        }
        Figures.latency(json, status.latencyNanos());
        Figures.lastCheck(json, status.checkedAtEpochMillis());
        json.endObject();
    }
}
