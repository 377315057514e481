package dev.outrigger.config.load;

import dev.outrigger.config.model.CacheConfig;
import dev.outrigger.config.model.CacheConfig.Scope;
import dev.outrigger.config.model.ToolConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of a route's cache, and of a tool's part in it. A route has a cache where the block is written. */
final class CacheSection {
    static final String KEY = "cache";
    static final String TTL = "ttl";

    private static final String TOOLS = "tools";
    private static final ValueKind<Long> MAX_BYTES = Kinds.size(1 << 10, 16L << 30);
    private static final ValueKind<Long> MAX_ENTRY = Kinds.size(1, 64L << 20);

    /** Those of which MCP says that their results may be kept. */
    private static final ValueKind<String> METHOD = Kinds.oneOf(
            "server/discover",
            "tools/list",
            "prompts/list",
            "resources/list",
            "resources/templates/list",
            "resources/read");

    private CacheSection() {}

    /** @param tools of the same route */
    static Optional<CacheConfig> read(ConfigReader route, List<ToolConfig> tools) {
        boolean isOn = route.isWritten(KEY);
        ConfigReader reader = route.section(KEY);
        Optional<Duration> ttl = reader.readIfSet(TTL, Kinds.TIMEOUT);
        CacheConfig cache = new CacheConfig(
                ttl.orElse(Kinds.TIMEOUT.standIn()),
                reader.read("max-bytes", MAX_BYTES),
                reader.read("max-entry", MAX_ENTRY),
                reader.readAll(TOOLS, Kinds.TOOL_PATTERN),
                reader.readAll("methods", METHOD),
                reader.read("scope", Kinds.choice(Scope.class)),
                reader.readAll("vary", Kinds.HEADER_NAME),
                reader.read("stale-for", Kinds.TIMEOUT_OR_ZERO));
        reader.finish();
        if (!isOn) {
            return Optional.empty();
        }
        if (ttl.isEmpty()) {
            reader.demand(TTL, Kinds.TIMEOUT.expected());
        }
        boolean keepsNothing = cache.tools().isEmpty()
                && cache.methods().isEmpty()
                && tools.stream().allMatch(tool -> tool.cacheTtl().isEmpty());
        if (keepsNothing) {
            reader.demand(TOOLS, "a tool, or one of methods: nothing is kept unless it is named");
        }
        return Optional.of(cache);
    }

    /** A tool's own time to live, if it has one. */
    static Optional<Duration> ofTool(ConfigReader tool) {
        ConfigReader reader = tool.section(KEY);
        if (!tool.isWritten(KEY)) {
            return Optional.empty();
        }
        Duration ttl = reader.read(TTL, Kinds.TIMEOUT_OR_ZERO);
        reader.finish();
        return Optional.of(ttl);
    }

    static Map<String, Object> render(CacheConfig cache) {
        return Map.of(
                TTL,
                Durations.format(cache.ttl()),
                "max-bytes",
                Sizes.format(cache.maxBytes()),
                "max-entry",
                Sizes.format(cache.maxEntryBytes()),
                TOOLS,
                cache.tools(),
                "methods",
                cache.methods(),
                "scope",
                Kinds.word(cache.scope()),
                "vary",
                cache.vary(),
                "stale-for",
                Durations.format(cache.staleFor()));
    }
}
