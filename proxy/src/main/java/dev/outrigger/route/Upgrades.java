package dev.outrigger.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The protocols that a route's requests may switch their connection to.
 *
 * <p>Other versions of HTTP are never among them, not even where all are: the upgrade to {@code h2c} would carry requests past
 * everything that looks at requests. Immutable.
 */
public final class Upgrades {
    private static final String ANY = "*";
    private static final Set<String> NEVER = Set.of("h2c", "h2", "http");

    private final Set<String> names;
    private final boolean any;

    /** @param names protocols without their versions, in lower case, or {@code *} */
    Upgrades(List<String> names) {
        this.names = Set.copyOf(names);
        this.any = names.contains(ANY);
    }

    /**
     * Those that are allowed, of those that are asked for.
     *
     * @param asked value of an {@code Upgrade} header
     * @return null if none is
     */
    public @Nullable String of(String asked) {
        List<String> kept = new ArrayList<>();
        for (String part : asked.split(",", -1)) {
            String protocol = part.trim();
            if (isAllowed(protocol)) {
                kept.add(protocol);
            }
        }
        return kept.isEmpty() ? null : String.join(", ", kept);
    }

    /** @param protocol {@code name} or {@code name/version} */
    private boolean isAllowed(String protocol) {
        int slash = protocol.indexOf('/');
        String name = (slash < 0 ? protocol : protocol.substring(0, slash)).toLowerCase(Locale.ROOT);
        return !name.isEmpty() && !NEVER.contains(name) && (any || names.contains(name));
    }
}
