package dev.outrigger.route;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a route has for some tools: the most specific pattern that a name matches decides, an exact name before any
 * pattern, then the longest without its stars, among equals the first in the configuration.
 *
 * <p>Asked on the loop with the name as it stands in the body, so nothing is made of it. Exact names, which an operator may
 * list by the hundred, are in a table; patterns are few and tried one after the other, most specific first.
 *
 * <p>Immutable.
 */
final class ToolTable<T> {
    /** What is had for the tools of one pattern. */
    record Entry<T>(ToolPattern pattern, T value) {}

    /** Exact names: open addressing, at most half full; the length is a power of two, or zero. */
    private final @Nullable Entry<T>[] exact;
    /** The others, most specific first. */
    private final List<Entry<T>> patterns;

    ToolTable(List<Entry<T>> all) {
        this.exact = table(all.stream().filter(entry -> entry.pattern.isExact()).toList());
        this.patterns = all.stream()
                .filter(entry -> !entry.pattern.isExact())
                .sorted(Comparator.comparingInt((Entry<T> entry) -> entry.pattern.literalLength())
                        .reversed())
                .toList();
    }

    private static <T> @Nullable Entry<T>[] table(List<Entry<T>> names) {
        int slots = names.isEmpty() ? 0 : Integer.highestOneBit(names.size()) << 2;
        @SuppressWarnings({"unchecked", "rawtypes"})
        @Nullable
        Entry<T>[] table = new @Nullable Entry[slots];
        for (Entry<T> entry : names) {
            int slot = entry.pattern.hash() & (slots - 1);
            while (table[slot] != null) {
                slot = (slot + 1) & (slots - 1);
            }
            table[slot] = entry;
        }
        return table;
    }

    boolean isEmpty() {
        return exact.length == 0 && patterns.isEmpty();
    }

    /**
     * @param name begins with the tool's name in UTF-8
     * @param length bytes of the name
     */
    @Nullable
    T find(byte[] name, int length) {
        Entry<T> named = findExact(name, length);
        if (named != null) {
            return named.value;
        }
        for (int i = 0; i < patterns.size(); i++) {
            Entry<T> entry = patterns.get(i);
            if (entry.pattern.matches(name, length)) {
                return entry.value;
            }
        }
        return null;
    }

    private @Nullable Entry<T> findExact(byte[] name, int length) {
        if (exact.length == 0) {
            return null;
        }
        int slot = ToolPattern.hash(name, length) & (exact.length - 1);
        for (Entry<T> entry = exact[slot]; entry != null; entry = exact[slot]) {
            if (entry.pattern.matches(name, length)) {
                return entry;
            }
            slot = (slot + 1) & (exact.length - 1);
        }
        return null;
    }
}
