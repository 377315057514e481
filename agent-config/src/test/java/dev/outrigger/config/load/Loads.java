package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.load.LoadResult.Refused;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.ToolConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a load is expected to end in. */
final class Loads {
    /** The least that is a configuration. */
    static final String COMPLETE = """
            outrigger {
              listeners.inbound.bind = "127.0.0.1:18080"
              upstreams.app.endpoints = ["127.0.0.1:18081"]
              routes = [{ upstream = app }]
            }
            """;

    private Loads() {}

    /** A tool of which nothing but its time is said. */
    static ToolConfig tool(String pattern, Duration timeout) {
        return new ToolConfig(
                pattern,
                timeout,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    static ProxyConfig config(LoadResult result) {
        return assertInstanceOf(Loaded.class, result, result::toString).config();
    }

    static List<String> problems(LoadResult result) {
        return assertInstanceOf(Refused.class, result).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
