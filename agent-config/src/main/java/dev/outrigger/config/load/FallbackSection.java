package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import dev.outrigger.config.model.FallbackConfig;
import java.util.List;
import java.util.Optional;

/** The keys of a static answer. It is given where the block is written. */
final class FallbackSection {
    static final String KEY = "fallback";
    static final String BODY = "body";

    private static final ValueKind<String> RESULT = new ValueKind<>(
            "an object, the result of the call",
            "{}",
            List.of(),
            value -> value instanceof ConfigObject object ? object.render(ConfigRenderOptions.concise()) : null);

    private FallbackSection() {}

    static Optional<FallbackConfig> read(ConfigReader route) {
        boolean isOn = route.isWritten(KEY);
        ConfigReader reader = route.section(KEY);
        Optional<String> body = reader.readIfSet(BODY, RESULT);
        List<String> tools = reader.readAll("tools", Kinds.TOOL_PATTERN);
        if (isOn && body.isEmpty()) {
            reader.demand(BODY, RESULT.expected());
        }
        reader.finish();
        return isOn ? Optional.of(new FallbackConfig(body.orElse(RESULT.standIn()), tools)) : Optional.empty();
    }
}
