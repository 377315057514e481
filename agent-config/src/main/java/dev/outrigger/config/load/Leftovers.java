package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reports keys that nobody asked for: those to come as such, all others as mistakes, with the key that was meant. */
final class Leftovers {
    private final String path;
    private final String pattern;
    private final Set<String> known;
    private final Findings findings;

    /**
     * @param path where the section is in effect
     * @param pattern of the section, see {@link NotYet}
     * @param known the keys that were asked for, sorted
     */
    Leftovers(String path, String pattern, Set<String> known, Findings findings) {
        this.path = path;
        this.pattern = pattern;
        this.known = known;
        this.findings = findings;
    }

    /**
     * Looks through all sources of a section.
     *
     * @return whether there was no leftover
     */
    boolean report(List<Layer> layers) {
        List<String> deeper = keysOfParts(layers.get(layers.size() - 1).object());
        boolean isClean = true;
        for (Layer layer : layers) {
            for (Map.Entry<String, ConfigValue> entry : layer.object().entrySet()) {
                boolean isUnset = entry.getValue().valueType() == ConfigValueType.NULL
                        && NotYet.shape(pattern, entry.getKey()) != null;
                if (!known.contains(entry.getKey()) && !isUnset) {
                    report(entry.getKey(), new Setting(entry.getValue(), layer.path(entry.getKey()), false), deeper);
                    isClean = false;
                }
            }
        }
        return isClean;
    }

    private void report(String key, Setting setting, List<String> deeper) {
        Shape toCome = NotYet.shape(pattern, key);
        if (toCome != null) {
            new ShapeCheck(findings).check(ValueText.path(path, key), setting, toCome);
            findings.problem(setting.place(), setting.path(), "this key is not supported yet", "");
            return;
        }
        String expected = known.size() == 1 ? String.join("", known) : "one of " + String.join(", ", known);
        String sibling = Nearest.to(key, known);
        String suggestion = sibling.isEmpty() ? Nearest.to(key, deeper) : sibling;
        findings.problem(setting.place(), setting.path(), "unknown key", expected, suggestion);
    }

    /** The keys one level down, for values that were put beside the block they belong in. */
    private List<String> keysOfParts(ConfigObject complete) {
        List<String> keys = new ArrayList<>();
        for (String part : known) {
            if (complete.get(part) instanceof ConfigObject object) {
                object.keySet().stream().sorted().forEach(key -> keys.add(part + '.' + key));
            }
        }
        return keys;
    }
}
