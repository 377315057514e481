package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.time.NanoClock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * {@code /live}, {@code /ready} and {@code /health}: the sidecar about itself. That {@code /live} answers at all is what it
 * has to say; it knows nothing of upstreams, because restarting the sidecar mends none of them. {@code /ready} does, because
 * requests may have another sidecar to go to.
 */
public final class SidecarHealth {
    private final Readiness readiness;
    private final String version;
    private final NanoClock clock;
    private final long startNanos;
    private final Supplier<TelemetryHealth> telemetry;

    /** @param startNanos the clock's reading when the process began to work */
    public SidecarHealth(
            Readiness readiness,
            String version,
            NanoClock clock,
            long startNanos,
            Supplier<TelemetryHealth> telemetry) {
        this.readiness = readiness;
        this.version = version;
        this.clock = clock;
        this.startNanos = startNanos;
        this.telemetry = telemetry;
    }

    OpsReply live(OpsRequest request) {
        return OpsReply.json(
                200, json -> json.beginObject().name("status").value("live").endObject());
    }

    /** @param cutOff whether more than half of the upstreams are unavailable: who has others to ask should */
    OpsReply ready(boolean cutOff) {
        Readiness.State state = readiness.state();
        boolean unavailable = state == Readiness.State.READY && cutOff;
        return OpsReply.json(unavailable ? 503 : statusOf(state), json -> json.beginObject()
                .name("status")
                .value(unavailable ? "upstreams unavailable" : state.label())
                .endObject());
    }

    OpsReply health(OpsRequest request) {
        Readiness.State state = readiness.state();
        boolean ready = state == Readiness.State.READY;
        return OpsReply.json(statusOf(state), json -> {
            json.beginObject();
            json.name("status").value(ready ? "healthy" : state.label());
            json.name("ready").value(ready);
            json.name("uptime_seconds").value(TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - startNanos));
            json.name("version").value(version);
            writeTelemetry(json, telemetry.get());
            json.endObject();
        });
    }

    private static int statusOf(Readiness.State state) {
        return state == Readiness.State.READY ? 200 : 503;
    }

    private static void writeTelemetry(JsonWriter json, TelemetryHealth health) {
        json.name("telemetry").beginObject();
        writeMap(json, "dropped", health.dropped(), JsonWriter::value);
        writeMap(json, "waiting", health.waiting(), JsonWriter::value);
        writeMap(json, "last", health.last(), (out, instant) -> out.value(instant.toString()));
        json.endObject();
    }

    private static <T> void writeMap(
            JsonWriter json, String name, Map<String, T> values, BiConsumer<JsonWriter, T> writer) {
        if (values.isEmpty()) {
            return;
        }
        json.name(name).beginObject();
        new TreeMap<>(values).forEach((key, value) -> writer.accept(json.name(key), value));
        json.endObject();
    }
}
