package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.load.LoadResult.Refused;
import dev.outrigger.config.model.ProxyConfig;
import java.util.List;

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

    static ProxyConfig config(LoadResult result) {
        return assertInstanceOf(Loaded.class, result, result::toString).config();
    }

    static List<String> problems(LoadResult result) {
        return assertInstanceOf(Refused.class, result).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
