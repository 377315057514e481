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
import java.util.regex.Pattern;

/**
 * The tools of one route, by pattern.
 *
 * <p>In HOCON a dot that is not quoted begins a block, so {@code tools { db.query { timeout = 1s } }} names a tool {@code db}
 * with a key {@code query}. A block there that is no key of a tool is taken for a name without its quotes and told so, instead
 * of a key that nobody knows.
 */
final class ToolsSection {
    static final String KEY = "tools";
    static final String TIMEOUT = "timeout";
    static final String ALLOW = "allow";

    private static final Set<String> BLOCKS = Set.of(BreakerSection.KEY);

    /** Each is compared with the name of each call. */
    static final int MAX_PATTERNS = 1000;

    private static final Pattern FORM = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,256}");

    /** A tool's name, or a pattern of names. */
    static final ValueKind<String> PATTERN = ValueKind.ofText(
            "a tool name of 1 to 256 characters, without control characters; * stands for any run of characters",
            "*",
            text -> FORM.matcher(text).matches() ? text : null);

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
            if (!Kinds.accepts(PATTERN, pattern)) {
                findings.problem(tool.place(), tool.path(), ValueText.quoted(pattern), PATTERN.expected());
            } else if (!isSplit(pattern, tool)) {
                Duration timeout = tool.readIfSet(TIMEOUT, Kinds.TIMEOUT).orElse(routeTimeout);
                Optional<Boolean> allow = tool.readIfSet(ALLOW, Kinds.SWITCH);
                Optional<BreakerConfig> breaker = breaker(tool);
                tool.finish();
                tools.add(new ToolConfig(pattern, timeout, allow, breaker));
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
