package dev.outrigger.route;

import dev.outrigger.config.model.ToolConfig;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a route treats differently: the most specific pattern that a name matches decides, an exact name before any
 * pattern, then the longest without its stars, among equals the first in the configuration.
 *
 * <p>Asked once per call on the loop with the name as it stands in the body, so nothing is made of it. Exact names, which an
 * operator may list by the hundred, are in a table; patterns are few and tried one after the other, most specific first.
 *
 * <p>Immutable.
 */
public final class ToolPolicies {
    private record Entry(ToolPattern pattern, ToolPolicy policy) {}

    /** Exact names: open addressing, at most half full; the length is a power of two, or zero. */
    private final @Nullable Entry[] exact;
    /** The others, most specific first. */
    private final Entry[] patterns;

    ToolPolicies(List<ToolConfig> configs) {
        List<Entry> all = configs.stream()
                .map(config -> new Entry(
                        new ToolPattern(config.pattern()),
                        new ToolPolicy(config.pattern(), TimeUnit.NANOSECONDS.convert(config.timeout()))))
                .toList();
        this.exact = table(all.stream().filter(entry -> entry.pattern.isExact()).toList());
        this.patterns = all.stream()
                .filter(entry -> !entry.pattern.isExact())
                .sorted(Comparator.comparingInt((Entry entry) -> entry.pattern.literalLength())
                        .reversed())
                .toArray(Entry[]::new);
    }

    private static @Nullable Entry[] table(List<Entry> names) {
        int slots = names.isEmpty() ? 0 : Integer.highestOneBit(names.size()) << 2;
        @Nullable Entry[] table = new @Nullable Entry[slots];
        for (Entry entry : names) {
            int slot = entry.pattern.hash() & (slots - 1);
            while (table[slot] != null) {
                slot = (slot + 1) & (slots - 1);
            }
            table[slot] = entry;
        }
        return table;
    }

    /** Whether the route treats all tools alike. */
    public boolean isEmpty() {
        return exact.length == 0 && patterns.length == 0;
    }

    /**
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    public @Nullable ToolPolicy find(byte[] name, int length) {
        ToolPolicy policy = findExact(name, length);
        if (policy != null) {
            return policy;
        }
        for (Entry entry : patterns) {
            if (entry.pattern.matches(name, length)) {
                return entry.policy;
            }
        }
        return null;
    }

    private @Nullable ToolPolicy findExact(byte[] name, int length) {
        if (exact.length == 0) {
            return null;
        }
        int slot = ToolPattern.hash(name, length) & (exact.length - 1);
        for (Entry entry = exact[slot]; entry != null; entry = exact[slot]) {
            if (entry.pattern.matches(name, length)) {
                return entry.policy;
            }
            slot = (slot + 1) & (exact.length - 1);
        }
        return null;
    }
}
