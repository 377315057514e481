package dev.outrigger.config.load;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.outrigger.config.model.ProxyConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a reload changes, as an operator would say it: key by key, with the values of the file.
 *
 * <p>Compares what {@link ConfigRenderer} shows instead of the records: a new key is then compared as soon as it is shown, in
 * the units of the file, and a secret can not get in. Routes are compared by name, because an index says nothing once one was
 * inserted; where only their order changed, that is the change.
 */
public final class ConfigDiff {
    private static final String ROUTES = "routes";
    /** Readable without quotes, and unable to pretend another change or another line. */
    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\]]+");

    private final List<ConfigChange> changes = new ArrayList<>();

    private ConfigDiff() {}

    /** Every difference, by path; none if both are equal. */
    public static List<ConfigChange> between(ProxyConfig before, ProxyConfig after) {
        ConfigDiff diff = new ConfigDiff();
        diff.compare(ConfigLoader.ROOT, tree(before), tree(after));
        diff.changes.sort(Comparator.comparing(ConfigChange::path));
        return List.copyOf(diff.changes);
    }

    private static Map<String, Object> tree(ProxyConfig config) {
        Config rendered =
                ConfigFactory.parseString(ConfigRenderer.concise(config)).getConfig(ConfigLoader.ROOT);
        List<Object> elements = rendered.getList(ROUTES).unwrapped();
        Map<String, Object> routes = new LinkedHashMap<>();
        for (int i = 0; i < elements.size(); i++) {
            routes.put(config.routes().get(i).name(), elements.get(i));
        }
        Map<String, Object> tree = new LinkedHashMap<>(rendered.root().unwrapped());
        tree.put(ROUTES, routes);
        return tree;
    }

    private void compare(String path, Object before, Object after) {
        if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> young) {
            sections(path, old, young);
        } else if (!before.equals(after)) {
            changes.add(new ConfigChange(path, text(before), text(after)));
        }
    }

    private void sections(String path, Map<?, ?> before, Map<?, ?> after) {
        TreeSet<String> keys = new TreeSet<>();
        before.keySet().forEach(key -> keys.add(String.valueOf(key)));
        after.keySet().forEach(key -> keys.add(String.valueOf(key)));
        for (String key : keys) {
            Object old = before.get(key);
            Object young = after.get(key);
            String place = ValueText.path(path, key);
            if (old == null || young == null) {
                changes.add(new ConfigChange(place, textOrNull(old), textOrNull(young)));
            } else {
                compare(place, old, young);
            }
        }
        if (path.equals(ConfigLoader.ROOT + '.' + ROUTES)) {
            order(path, before, after);
        }
    }

    /** Of the routes that stay. */
    private void order(String path, Map<?, ?> before, Map<?, ?> after) {
        List<?> old = before.keySet().stream().filter(after::containsKey).toList();
        List<?> young = after.keySet().stream().filter(before::containsKey).toList();
        if (!old.equals(young)) {
            changes.add(new ConfigChange(path, text(old), text(young)));
        }
    }

    private static @Nullable String textOrNull(@Nullable Object value) {
        return value == null ? null : text(value);
    }

    private static String text(Object value) {
        if (value instanceof String text && PLAIN.matcher(text).matches()) {
            return text;
        }
        return ConfigValueFactory.fromAnyRef(value).render(ConfigRenderOptions.concise());
    }
}
