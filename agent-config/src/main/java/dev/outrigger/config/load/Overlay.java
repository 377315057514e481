package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts values over those of the files, each where its path leads. Everything on the way keeps its origin, so problems still
 * name the files' lines. What is of the wrong type on the way stays, as its problem is the one to solve first.
 */
final class Overlay {
    private ConfigObject root;

    Overlay(ConfigObject root) {
        this.root = root;
    }

    /** The files' values with what was put over them. */
    ConfigObject root() {
        return root;
    }

    /** What is at a path by now; null if there is nothing. */
    @Nullable
    ConfigValue at(List<Step> steps) {
        ConfigValue at = root;
        for (Step step : steps) {
            if (step.isIndex()) {
                at = at instanceof ConfigList list && step.index() < list.size() ? list.get(step.index()) : null;
            } else {
                at = at instanceof ConfigObject object ? object.get(step.key()) : null;
            }
        }
        return isUnset(at) ? null : at;
    }

    void put(List<Step> steps, ConfigValue value) {
        root = (ConfigObject) with(root, steps, value);
    }

    private static ConfigValue with(@Nullable ConfigValue at, List<Step> steps, ConfigValue value) {
        if (steps.isEmpty()) {
            return value;
        }
        Step step = steps.get(0);
        List<Step> further = steps.subList(1, steps.size());
        return step.isIndex() ? element(at, step.index(), further, value) : key(at, step.key(), further, value);
    }

    private static ConfigValue key(@Nullable ConfigValue at, String key, List<Step> further, ConfigValue value) {
        if (at instanceof ConfigObject object) {
            return object.withValue(key, with(object.get(key), further, value));
        }
        return at == null || isUnset(at) ? empty(value.origin()).withValue(key, with(null, further, value)) : at;
    }

    private static ConfigValue element(@Nullable ConfigValue at, int index, List<Step> further, ConfigValue value) {
        if (at != null && !isUnset(at) && !(at instanceof ConfigList)) {
            return at;
        }
        List<ConfigValue> elements = new ArrayList<>();
        if (at instanceof ConfigList list) {
            elements.addAll(list);
        }
        ConfigValue old = index < elements.size() ? elements.get(index) : null;
        ConfigValue changed = with(old, further, value);
        if (index < elements.size()) {
            elements.set(index, changed);
        } else {
            elements.add(changed);
        }
        ConfigOrigin origin = at == null ? value.origin() : at.origin();
        return ConfigValueFactory.fromIterable(elements).withOrigin(origin);
    }

    private static ConfigObject empty(ConfigOrigin origin) {
        return ConfigValueFactory.fromMap(Map.of()).withOrigin(origin);
    }

    private static boolean isUnset(@Nullable ConfigValue value) {
        return value == null || value.valueType() == ConfigValueType.NULL;
    }
}
