package dev.outrigger.route;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to the name that a TLS connection asks for: the entry of that very name, else the one of the nearest domain
 * that has one ({@code *.example.com} holds for {@code a.example.com} and {@code b.a.example.com}, not for
 * {@code example.com}), else what belongs to all others.
 *
 * <p>One look-up per label of the name, however many entries there are. Immutable.
 *
 * @param <T> what names are mapped to
 */
public final class ServerNames<T> {
    private static final String WILDCARD = "*.";

    /** Wildcards without their star: {@code .example.com}. */
    private final Map<String, T> entries = new HashMap<>();

    private final @Nullable T others;

    /**
     * @param entries by name or wildcard, in any case
     * @param others for every name without an entry, and for connections without a name; null if there is nothing
     */
    public ServerNames(Map<String, ? extends T> entries, @Nullable T others) {
        entries.forEach((name, value) -> {
            String key = name.startsWith(WILDCARD) ? name.substring(1) : name;
            this.entries.put(key.toLowerCase(Locale.ROOT), value);
        });
        this.others = others;
    }

    /** @param serverName in lower case; null if none is known */
    public @Nullable T find(@Nullable String serverName) {
        if (serverName == null) {
            return others;
        }
        T exact = entries.get(serverName);
        if (exact != null) {
            return exact;
        }
        for (int dot = serverName.indexOf('.'); dot >= 0; dot = serverName.indexOf('.', dot + 1)) {
            T ofDomain = entries.get(serverName.substring(dot));
            if (ofDomain != null) {
                return ofDomain;
            }
        }
        return others;
    }
}
