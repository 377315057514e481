package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import java.time.Instant;

/** Figures that several answers show the same way, and that are left out while they are not measured. */
final class Figures {
    private Figures() {}

    /** Milliseconds to the microsecond; nothing if {@code nanos} is 0. */
    static void latency(JsonWriter json, long nanos) {
        if (nanos > 0) {
            json.name("latency_ms").value(Math.round(nanos / 1e3) / 1e3);
        }
    }

    /** ISO 8601 in UTC; nothing if {@code epochMillis} is 0. */
    static void lastCheck(JsonWriter json, long epochMillis) {
        if (epochMillis > 0) {
            json.name("last_check").value(Instant.ofEpochMilli(epochMillis).toString());
        }
    }
}
