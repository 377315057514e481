package dev.outrigger.testing;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.ProxyConfig;
import java.util.Map;

/** Configurations as the loader makes them, so that tests need to name only what they are about. */
public final class Configs {
    private static final String REST = """
            outrigger.listeners.inbound.bind = "127.0.0.1:0"
            outrigger.status.bind = "127.0.0.1:0"
            outrigger.admin.bind = "127.0.0.1:0"
            outrigger.routes = [{ name = all, match { path-prefix = "/" }, upstream = %s }]
            """;

    private Configs() {}

    /**
     * One listener, one route, and what the test adds.
     *
     * @param routed the upstream that all requests go to
     * @param hocon what stands below {@code outrigger}
     */
    public static ProxyConfig of(String routed, String hocon) {
        LoadResult result =
                new ConfigLoader(Map.of()).loadString("test", REST.formatted(routed) + "outrigger {\n" + hocon + "\n}");
        if (!(result instanceof Loaded loaded)) {
            throw new IllegalArgumentException(result.toString());
        }
        return loaded.config();
    }
}
