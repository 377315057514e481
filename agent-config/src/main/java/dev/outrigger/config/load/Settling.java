package dev.outrigger.config.load;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a change of files is worth telling: once, when they differ from what is known and have stayed as they are for a
 * while. A file that is being written, or missing for the moment in which an editor renames, is not taken for a new
 * configuration, and what goes back to what it was is no change.
 *
 * <p>Knows neither clock nor files, so that every order of events can be tested. Not thread-safe.
 */
final class Settling {
    private final long quietNanos;
    private Map<Path, String> known = Map.of();
    /** What was seen last, if it is not what is known. */
    private @Nullable Map<Path, String> pending;

    private long pendingSinceNanos;

    /** @param quietNanos how long nothing may change until a change is told */
    Settling(long quietNanos) {
        this.quietNanos = quietNanos;
    }

    /** From now on these contents are no news. */
    void know(Map<Path, String> contents) {
        known = Map.copyOf(contents);
        pending = null;
    }

    /** Like {@link #know}, of those files alone about which nothing is known; others are forgotten. */
    void learn(Map<Path, String> contents) {
        Map<Path, String> merged = new TreeMap<>(contents);
        merged.replaceAll((file, content) -> known.getOrDefault(file, content));
        know(merged);
    }

    /** Whether there is something to tell; it is known then. */
    boolean isNews(Map<Path, String> contents, long nowNanos) {
        if (contents.equals(known)) {
            pending = null;
            return false;
        }
        if (!contents.equals(pending)) {
            pending = Map.copyOf(contents);
            pendingSinceNanos = nowNanos;
        }
        if (nowNanos - pendingSinceNanos < quietNanos) {
            return false;
        }
        know(contents);
        return true;
    }

    /** When to look again at the latest, from now on; {@code Long.MAX_VALUE} if nothing is pending. */
    long waitNanos(long nowNanos) {
        return pending == null ? Long.MAX_VALUE : Math.max(0, quietNanos - (nowNanos - pendingSinceNanos));
    }
}
