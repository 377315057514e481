package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.runtime.Destinations;
import dev.outrigger.runtime.TrafficShift;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** {@code /shift}: how far the traffic of routes has moved from one upstream to another, and taking it into one's own hands. */
final class ShiftEndpoints {
    private static final System.Logger LOG = System.getLogger(ShiftEndpoints.class.getName());

    private final Supplier<List<Destinations.Shifting>> shifts;
    private final NanoClock clock;

    ShiftEndpoints(Supplier<List<Destinations.Shifting>> shifts, NanoClock clock) {
        this.shifts = shifts;
        this.clock = clock;
    }

    OpsReply list(OpsRequest request) {
        return OpsReply.json(200, json -> {
            json.beginObject().name("shifts").beginArray();
            shifts.get().forEach(shifting -> write(json, shifting));
            json.endArray().endObject();
        });
    }

    /** An answer with the shift as it is afterwards. */
    OpsEndpoint order(Order order) {
        return OpsEndpoint.of(request -> change(request, order));
    }

    private OpsReply change(OpsRequest request, Order order) {
        String route = request.variable("route");
        List<Destinations.Shifting> all = shifts.get();
        for (Destinations.Shifting shifting : all) {
            if (shifting.shift().route().equals(route)) {
                order.give(shifting.shift(), clock.nanoTime());
                TrafficShift.Status status = shifting.shift().status(clock.nanoTime());
                LOG.log(Level.INFO, "by admin: shift of " + route + ": " + status.why());
                return OpsReply.json(200, json -> write(json, shifting));
            }
        }
        return OpsReply.json(404, json -> {
            json.beginObject().name("error").value("no shift of a route of that name");
            json.name("routes").beginArray();
            all.forEach(shifting -> json.value(shifting.shift().route()));
            json.endArray().endObject();
        });
    }

    private void write(JsonWriter json, Destinations.Shifting shifting) {
        TrafficShift shift = shifting.shift();
        TrafficShift.Status status = shift.status(clock.nanoTime());
        json.beginObject();
        json.name("route").value(shift.route());
        json.name("state").value(status.state().label());
        json.name("share").value(status.share());
        json.name("step").value(status.step());
        json.name("steps").beginArray();
        shift.config().steps().forEach(share -> json.value(share.doubleValue()));
        json.endArray();
        json.name("why").value(status.why());
        json.name("since_ms").value(TimeUnit.NANOSECONDS.toMillis(status.elapsedNanos()));
        json.name("calls").value(status.counts().calls());
        json.name("failure_rate").value(status.counts().failureRate());
        json.name("slow_call_rate").value(status.counts().slowRate());
        json.name("aborts").value(status.aborts());
        write(json, "from", shifting.from());
        write(json, "to", shifting.to());
        json.endObject();
    }

    /** With the sessions that it still serves: where the old one has none, it can go. */
    private static void write(JsonWriter json, String key, Upstream upstream) {
        json.name(key).beginObject();
        json.name("upstream").value(upstream.name());
        json.name("sessions").value(upstream.sessions().size());
        json.endObject();
    }

    /** What an operator can want of a shift. */
    @FunctionalInterface
    interface Order {
        void give(TrafficShift shift, long nowNanos);
    }
}
