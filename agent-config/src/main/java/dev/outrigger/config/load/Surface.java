package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.outrigger.config.load.Shape.Block;
import dev.outrigger.config.load.Shape.Items;
import dev.outrigger.config.load.Shape.Named;
import dev.outrigger.config.load.Shape.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All keys there are, those to come too, as one shape. It is made from {@code reference.conf}, which a test compares with
 * what is read, so that no other list of keys has to be kept.
 */
final class Surface {
    /** Keys of the reference that hold a list of scalars; their empty defaults do not tell. */
    private static final Set<String> LISTS = Set.of(
            "endpoints",
            "ciphers",
            "trusted",
            "upgrades",
            "status",
            "statuses",
            "rpc-codes",
            "tools",
            "alternates",
            "methods",
            "vary",
            "servers",
            "steps");

    private static final Shape TEXT = new Value(Kinds.NOT_BLANK);

    private static final Shape WEIGHTED = new Block(Map.of(DestinationSection.UPSTREAM, TEXT, "weight", TEXT));

    private static final Shape CERTIFICATE =
            new Block(Map.of(TlsSection.CERTIFICATE_FILE, TEXT, TlsSection.KEY_FILE, TEXT));

    private final ConfigObject defaults;

    private Surface(ConfigObject defaults) {
        this.defaults = defaults;
    }

    /** @param reference the whole of {@code reference.conf} */
    static Shape of(ConfigObject reference) {
        ConfigObject root = child(reference, ConfigLoader.ROOT);
        return new Surface(child(root, "defaults")).block(ConfigLoader.ROOT, root);
    }

    private Block block(String pattern, ConfigObject object) {
        Map<String, Shape> keys = new LinkedHashMap<>(NotYet.keys(pattern));
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            keys.put(entry.getKey(), shape(pattern, entry.getKey(), entry.getValue()));
        }
        return new Block(keys);
    }

    private Shape shape(String pattern, String key, ConfigValue value) {
        String inner = ValueText.path(pattern, key);
        return switch (inner) {
            case "outrigger.listeners" -> new Named(Kinds.NAME, true, block(inner + ".*", child(defaults, "listener")));
            case "outrigger.upstreams" -> new Named(Kinds.NAME, true, block(inner + ".*", child(defaults, "upstream")));
            case "outrigger.routes" -> new Items(block(inner + ".*", child(defaults, "route")));
            case "outrigger.defaults.listener" -> block("outrigger.listeners.*", child(defaults, key));
            case "outrigger.defaults.upstream" -> block("outrigger.upstreams.*", child(defaults, key));
            case "outrigger.defaults.route" -> block("outrigger.routes.*", child(defaults, key));
            case "outrigger.routes.*." + ToolsSection.KEY -> new Named(Kinds.NOT_BLANK, false, tool(inner + ".*"));
            case "outrigger.routes.*." + DestinationSection.WEIGHTED -> new Items(WEIGHTED);
            case "outrigger.listeners.*.tcp.sni" -> new Named(Kinds.SERVER_PATTERN, false, TEXT);
            case "outrigger.listeners.*.tls." + TlsSection.CERTIFICATES -> new Items(CERTIFICATE);
            default -> {
                Shape leaf = LISTS.contains(key) ? new Items(TEXT) : TEXT;
                yield value instanceof ConfigObject object ? block(inner, object) : leaf;
            }
        };
    }

    private Shape tool(String pattern) {
        Map<String, Shape> keys = new LinkedHashMap<>(NotYet.keys(pattern));
        keys.put(ToolsSection.TIMEOUT, TEXT);
        keys.put(ToolsSection.ALLOW, TEXT);
        keys.put(
                BreakerSection.KEY,
                block(pattern + '.' + BreakerSection.KEY, child(child(defaults, "upstream"), BreakerSection.KEY)));
        for (String limit : List.of(LimitsSection.RATE, LimitsSection.CONCURRENCY)) {
            keys.put(limit, block(ValueText.path(pattern, limit), child(child(defaults, "route"), limit)));
        }
        keys.put(CacheSection.KEY, new Block(Map.of(CacheSection.TTL, TEXT)));
        keys.put(ToolsSection.DEAD_LETTER, TEXT);
        return new Block(keys);
    }

    private static ConfigObject child(ConfigObject object, String key) {
        if (object.get(key) instanceof ConfigObject child) {
            return child;
        }
        throw new IllegalStateException("no block " + key + " in " + Reference.FILE);
    }
}
