package dev.outrigger.admin;

import dev.outrigger.config.model.LogLevel;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code /logging}: the thresholds of the application log, of everything or of a part of the sidecar, until the next reload. */
final class LoggingEndpoints {
    private static final String LOGGER = "logger";
    private static final String LEVEL = "level";
    private static final String OURS = "dev.outrigger";
    /** Every package has one, because it holds an annotation. */
    private static final String PACKAGE = ".package-info";

    private static final String EXPECTED =
            "error, warn, info or debug, or {\"logger\": \"dev.outrigger.upstream\", \"level\": \"debug\"}";

    private final ConfigControl control;

    LoggingEndpoints(ConfigControl control) {
        this.control = control;
    }

    OpsReply levels(OpsRequest request) {
        return OpsReply.json(200, json -> SwitchReport.logging(json, control.state(), control.logLevels()));
    }

    /** Answers with the thresholds as they are afterwards. */
    OpsReply change(OpsRequest request) {
        try {
            OrderBody body = OrderBody.of(request, EXPECTED);
            Map<String, String> values =
                    body.isObject() ? body.values(Set.of(LOGGER, LEVEL)) : Map.of(LEVEL, body.word());
            control.logLevel(logger(values.getOrDefault(LOGGER, "")), level(values.getOrDefault(LEVEL, ""), body));
        } catch (IllegalArgumentException e) {
            return OpsReply.error(400, String.valueOf(e.getMessage()));
        }
        return levels(request);
    }

    private static LogLevel level(String word, OrderBody body) {
        return Arrays.stream(LogLevel.values())
                .filter(level -> level.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(body::refused);
    }

    /** A name that nobody logs under would be accepted, kept, and do nothing. */
    private static String logger(String name) {
        boolean isBelow = name.startsWith(OURS + '.') && (isClass(name) || isClass(name + PACKAGE));
        if (name.isEmpty() || name.equals(OURS) || isBelow) {
            return name;
        }
        throw new IllegalArgumentException("logger " + name + ", expected " + OURS
                + " or one of its packages or classes, such as " + OURS + ".upstream");
    }

    private static boolean isClass(String name) {
        try {
            Class.forName(name, false, LoggingEndpoints.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
