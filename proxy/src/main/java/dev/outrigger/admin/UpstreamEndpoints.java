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
        for (int i = 0; i < upstream.endpoints().size(); i++) {
            write(json, upstream.endpoints().get(i), upstream.weight(i));
        }
        json.endArray();
        if (!upstream.draining().isEmpty()) {
            json.name("draining").beginArray();
            upstream.draining().forEach(endpoint -> json.value(endpoint.name()));
            json.endArray();
        }
        json.endObject();
    }

    private static void write(JsonWriter json, Endpoint endpoint, int weight) {
        EndpointStatus status = endpoint.status();
        json.beginObject();
        json.name("address").value(endpoint.name());
        json.name("weight").value(weight);
        json.name("healthy").value(status.healthy());
        json.name("ejected").value(endpoint.ejection().isOut());
        if (!status.error().isEmpty()) {
            json.name("error").value(status.error());
        }
        Figures.latency(json, status.latencyNanos());
        Figures.lastCheck(json, status.checkedAtEpochMillis());
        json.endObject();
    }
}
