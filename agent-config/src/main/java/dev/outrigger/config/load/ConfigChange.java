package dev.outrigger.config.load;

import org.jspecify.annotations.Nullable;

/**
 * One difference between two configurations. Safe to show: it is taken from what {@link ConfigRenderer} shows.
 *
 * @param path the key from the root on, a route by its name: {@code outrigger.routes."/mcp".timeout}
 * @param before in one line; null if the path was not there
 * @param after in one line; null if the path is gone
 */
public record ConfigChange(
        String path, @Nullable String before, @Nullable String after) {
    /** One line: {@code path: before -> after}, {@code path: added} or {@code path: removed}. */
    @Override
    public String toString() {
        if (before == null) {
            return path + ": added";
        }
        return path + ": " + (after == null ? "removed" : before + " -> " + after);
    }
}
