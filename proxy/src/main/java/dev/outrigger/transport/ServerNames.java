package dev.outrigger.transport;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to a host name: an exact name before one that begins with {@code *.}, which stands for a single label as
 * in certificates (RFC 6125, 6.4.3), and what is there for everybody else.
 *
 * @param <T> what is looked for
 */
final class ServerNames<T> {
    private final Map<String, T> byName;
    private final T fallback;

    /** @param byName names in lower case */
    ServerNames(Map<String, T> byName, T fallback) {
        this.byName = new HashMap<>(byName);
        this.fallback = fallback;
    }

    /** @param name in lower case; null if none was asked for */
    T find(@Nullable String name) {
        if (name == null) {
            return fallback;
        }
        T exact = byName.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        T wild = dot < 0 ? null : byName.get("*" + name.substring(dot));
        return wild == null ? fallback : wild;
    }
}
