package dev.outrigger.config.load;

import dev.outrigger.config.load.Shape.Block;
import dev.outrigger.config.load.Shape.Items;
import dev.outrigger.config.load.Shape.Named;
import dev.outrigger.config.load.Shape.Open;
import dev.outrigger.config.load.Shape.Value;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the published interface whose features are still to come. They are refused by name: taking them
 * silently would leave an operator with a protection that does nothing, calling them unknown would send them looking for a
 * typing mistake. What stands in them is checked all the same, so that a file which waits for a feature is right when the
 * feature comes. Patterns are paths with {@code *} for a name or an index.
 */
final class NotYet {
    private static final Shape TEXT = new Value(Kinds.NOT_BLANK);
    private static final Shape OPEN = new Open();

    private static final Block HEADERS = headers();
    private static final Map<String, Map<String, Shape>> KEYS = Map.of(
            "outrigger", Map.of("security", OPEN),
            "outrigger.upstreams.*", Map.of("stdio", new Block(Map.of("command", new Items(TEXT)), "command")),
            "outrigger.routes.*", Map.of("headers", HEADERS),
            "outrigger.routes.*.match",
                    Map.of(
                            "path",
                            new Value(Kinds.PATH_PREFIX),
                            "host",
                            TEXT,
                            "headers",
                            new Named(Kinds.TOKEN, true, TEXT),
                            "method",
                            new Value(Kinds.TOKEN),
                            "mcp-method",
                            TEXT,
                            "tool",
                            TEXT),
            "outrigger.telemetry", Map.of("hlog", OPEN));

    /** Required keys that one of these makes unnecessary, so that using it is one problem and not two. */
    private static final Map<String, Set<String>> INSTEAD =
            Map.of("outrigger.upstreams.*.endpoints", Set.of("dns", "stdio"));

    private NotYet() {}

    /** What may stand at a key to come; null for any other key. */
    static @Nullable Shape shape(String sectionPattern, String key) {
        return keys(sectionPattern).get(key);
    }

    /** The keys to come of a section. */
    static Map<String, Shape> keys(String sectionPattern) {
        return KEYS.getOrDefault(sectionPattern, Map.of());
    }

    static Set<String> insteadOf(String keyPattern) {
        return INSTEAD.getOrDefault(keyPattern, Set.of());
    }

    private static Block headers() {
        Shape values = new Named(Kinds.TOKEN, true, new Value(Kinds.HEADER_VALUE));
        Shape side = new Block(Map.of("set", values, "add", values, "remove", new Items(new Value(Kinds.TOKEN))));
        return new Block(Map.of("request", side, "response", side));
    }
}
