package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.config.model.ToolConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tools of one route, by pattern.
 *
 * <p>In HOCON a dot that is not quoted begins a block, so {@code tools { db.query { timeout = 1s } }} names a tool {@code db}
 * with a key {@code query}. A block under another key than those that hold one is taken for a name without its quotes and
 * told so, instead of a key that nobody knows.
 */
final class ToolsSection {
    static final String KEY = "tools";
    static final String TIMEOUT = "timeout";
    static final String ALLOW = "allow";
    static final String DEAD_LETTER = "dead-letter";

    /** The keys of a tool that hold a block. */
    private static final Set<String> BLOCKS =
            Set.of(BreakerSection.KEY, LimitsSection.RATE, LimitsSection.CONCURRENCY, CacheSection.KEY);

    /** Each is compared with the name of each call. */
    static final int MAX_PATTERNS = 1000;

    private final Findings findings;
    private final Duration routeTimeout;
    private final ConfigReader breakers;

    /**
     * @param routeTimeout for tools without one of their own
     * @param breakers what a breaker of a tool has where nothing else is said
     */
    ToolsSection(Findings findings, Duration routeTimeout, ConfigReader breakers) {
        this.findings = findings;
        this.routeTimeout = routeTimeout;
        this.breakers = breakers;
    }

    /** @param route the section that holds the tools */
    List<ToolConfig> read(ConfigReader route) {
        Map<String, ConfigReader> readers = route.entries(KEY);
        if (readers.size() > MAX_PATTERNS) {
            findings.problem(route.place(), route.path(KEY), readers.size() + " patterns", "at most " + MAX_PATTERNS);
            return List.of();
        }
        List<ToolConfig> tools = new ArrayList<>();
        readers.forEach((pattern, tool) -> {
            if (!Kinds.accepts(Kinds.TOOL_PATTERN, pattern)) {
                findings.problem(tool.place(), tool.path(), ValueText.quoted(pattern), Kinds.TOOL_PATTERN.expected());
            } else if (!isSplit(pattern, tool)) {
                Duration timeout = tool.readIfSet(TIMEOUT, Kinds.TIMEOUT).orElse(routeTimeout);
                Optional<Boolean> allow = tool.readIfSet(ALLOW, Kinds.SWITCH);
                ToolConfig config = new ToolConfig(
                        pattern,
                        timeout,
                        allow,
                        breaker(tool),
                        LimitsSection.rate(tool, route.defaults(LimitsSection.RATE)),
                        LimitsSection.concurrency(tool, route.defaults(LimitsSection.CONCURRENCY)),
                        CacheSection.ofTool(tool),
                        tool.readIfSet(DEAD_LETTER, Kinds.SWITCH).orElse(false));
                tool.finish();
                tools.add(config);
            }
        });
        return tools;
    }

    private Optional<BreakerConfig> breaker(ConfigReader tool) {
        return tool.isWritten(BreakerSection.KEY)
                ? Optional.of(BreakerSection.read(tool.section(BreakerSection.KEY, breakers)))
                : Optional.empty();
    }

    /** Reports the blocks inside a tool. */
    private boolean isSplit(String pattern, ConfigReader tool) {
        Map<String, Setting> blocks = tool.blocks();
        blocks.keySet().removeAll(BLOCKS);
        blocks.forEach((key, setting) -> reportSplit(pattern + '.' + key, setting));
        return !blocks.isEmpty();
    }

    private void reportSplit(String begunName, Setting setting) {
        String path = setting.path();
        String name = begunName;
        ConfigValue value = setting.value();
        while (value instanceof ConfigObject object && object.size() == 1) {
            Map.Entry<String, ConfigValue> only = object.entrySet().iterator().next();
            value = only.getValue();
            if (value instanceof ConfigObject) {
                path = ValueText.path(path, only.getKey());
                name = name + '.' + only.getKey();
            }
        }
        findings.problem(
                setting.place(), path, "a name split at its dots", "it in quotes: " + ConfigUtil.quoteString(name));
    }
}
