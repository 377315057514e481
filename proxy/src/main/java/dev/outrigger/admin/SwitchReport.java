package dev.outrigger.admin;

import dev.outrigger.config.load.Shares;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.json.JsonWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Switches as JSON, the same in the answers of their own paths and in {@code /config}. */
final class SwitchReport {
    private SwitchReport() {}

    static void all(JsonWriter json, ConfigState state, Map<String, LogLevel> levels) {
        json.beginObject();
        tracing(json.name("tracing"), state);
        metrics(json.name("metrics_collection"), state);
        accessLog(json.name("access_log"), state);
        logging(json.name("logging"), state, levels);
        json.endObject();
    }

    static void tracing(JsonWriter json, ConfigState state) {
        boolean enabled = state.switches().tracing();
        double sample = state.switches().sample();
        json.beginObject();
        json.name("enabled").value(enabled);
        json.name("sample").value(Shares.format(sample));
        json.name("changed")
                .value(enabled != state.configured().tracing()
                        || sample != state.configured().sample());
        json.endObject();
    }

    static void metrics(JsonWriter json, ConfigState state) {
        onOrOff(json, state.switches().metrics(), state.configured().metrics());
    }

    static void accessLog(JsonWriter json, ConfigState state) {
        onOrOff(json, state.switches().accessLog(), state.configured().accessLog());
    }

    /** @param levels by logger, the one of everything under the empty name */
    static void logging(JsonWriter json, ConfigState state, Map<String, LogLevel> levels) {
        Map<String, LogLevel> loggers = new TreeMap<>(levels);
        LogLevel configured = state.config().telemetry().logLevel();
        LogLevel level = loggers.remove("");
        LogLevel threshold = level == null ? configured : level;
        json.beginObject();
        json.name("level").value(word(threshold));
        json.name("loggers").beginObject();
        loggers.forEach((logger, own) -> json.name(logger).value(word(own)));
        json.endObject();
        json.name("changed").value(threshold != configured || !loggers.isEmpty());
        json.endObject();
    }

    private static void onOrOff(JsonWriter json, boolean enabled, boolean configured) {
        json.beginObject();
        json.name("enabled").value(enabled);
        json.name("changed").value(enabled != configured);
        json.endObject();
    }

    private static String word(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
