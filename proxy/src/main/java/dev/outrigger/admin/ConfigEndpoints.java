package dev.outrigger.admin;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import dev.outrigger.config.load.ConfigRenderer;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code /config}: the configuration in force, how it came to be, and what admin has switched since; and reading it anew. */
final class ConfigEndpoints {
    private static final ConfigParseOptions JSON = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    private final ConfigControl control;

    ConfigEndpoints(ConfigControl control) {
        this.control = control;
    }

    /** Over several lines, because people read it. */
    OpsReply show(OpsRequest request) {
        ConfigState state = control.state();
        JsonWriter json = new JsonWriter();
        writeState(json, state, control.logLevels());
        String text = ConfigFactory.parseString(ConfigRenderer.concise(state.config()), JSON)
                .withValue(
                        "state",
                        ConfigFactory.parseString(json.toString(), JSON).root())
                .root()
                .render(ConfigRenderOptions.concise().setFormatted(true));
        return OpsReply.jsonText(200, text);
    }

    /** Answers when the reload is over: 422 if the configuration was refused, whose fault is not the request's form. */
    CompletionStage<OpsReply> reload(OpsRequest request) {
        return control.reload("admin").thenApply(result -> {
            boolean failed = result.result() == ReloadResult.Result.FAILURE;
            ConfigState state = control.state();
            return OpsReply.json(failed ? 422 : 200, json -> {
                json.beginObject();
                json.name("result").value(result.result().label());
                json.name("generation").value(state.generation());
                json.name("hash").value(state.hash());
                writeFindings(json, result);
                list(json, "needs_restart", result.needsRestart());
                json.endObject();
            });
        });
    }

    private static void writeState(JsonWriter json, ConfigState state, Map<String, LogLevel> levels) {
        json.beginObject();
        json.name("file").value(state.file());
        json.name("generation").value(state.generation());
        json.name("hash").value(state.hash());
        json.name("since").value(state.since().toString());
        state.lastReload().ifPresent(last -> {
            json.name("last_reload").beginObject();
            json.name("trigger").value(last.trigger());
            json.name("result").value(last.result().label());
            json.name("at").value(last.at().toString());
            writeFindings(json, last);
            json.endObject();
        });
        list(json, "needs_restart", state.needsRestart());
        SwitchReport.all(json.name("switches"), state, levels);
        json.endObject();
    }

    private static void writeFindings(JsonWriter json, ReloadResult result) {
        list(json, "problems", result.problems());
        list(json, "changes", result.changes());
    }

    private static void list(JsonWriter json, String name, List<String> values) {
        json.name(name).beginArray();
        values.forEach(json::value);
        json.endArray();
    }
}
