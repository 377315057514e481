package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one section of a configuration, typed. Every key asked for is remembered; {@link #finish} reports the others.
 *
 * <p>A section has layers, looked through in order: what the operator wrote, what they set for all such sections, and {@code
 * reference.conf}. Layers instead of one merged object, because a merged value no longer tells file, line and who set it.
 */
final class ConfigReader {
    private final String path;
    private final String pattern;
    private final List<Layer> layers;
    private final Findings findings;
    private final Set<String> known = new TreeSet<>();

    /** @param pattern the path with {@code *} for names and indexes, see {@link NotYet} */
    private ConfigReader(String path, String pattern, List<Layer> layers, Findings findings) {
        this.path = path;
        this.pattern = pattern;
        this.layers = List.copyOf(layers);
        this.findings = findings;
    }

    /** The reader of a whole configuration. */
    static ConfigReader root(ConfigObject own, ConfigObject reference, Findings findings) {
        List<Layer> layers = List.of(new Layer(own, "", false), new Layer(reference, "", true));
        return new ConfigReader("", "", layers, findings);
    }

    /** Where the section is in effect. */
    String path() {
        return path;
    }

    /** Where a key of the section is in effect, or would be. */
    String path(String key) {
        return ValueText.path(path, key);
    }

    /** Where the section stands, or the nearest of its sources. */
    Place place() {
        return Place.of(layers.get(0).object().origin());
    }

    /** A value that must be set, by the operator or by default. */
    <T> T read(String key, ValueKind<T> kind) {
        Setting setting = find(key);
        if (setting == null) {
            missing(key, kind.expected());
            return kind.standIn();
        }
        return parse(setting, path(key), kind);
    }

    /** A value without a default. */
    <T> Optional<T> readIfSet(String key, ValueKind<T> kind) {
        return find(key) == null ? Optional.empty() : Optional.of(read(key, kind));
    }

    /**
     * A list, not empty, whose elements are written as the value alone or as an object that holds it under a key.
     *
     * @param alone makes an element of a value that stands alone
     * @param within makes an element of a value and the object around it, of which it may read more keys
     */
    <T, R> List<R> readList(
            String key,
            String elementKey,
            ValueKind<T> kind,
            Function<T, R> alone,
            BiFunction<T, ConfigReader, R> within) {
        String expected = "a list of at least one " + kind.expected();
        Setting setting = find(key);
        if (setting == null) {
            missing(key, expected);
            return List.of();
        }
        if (!(setting.value() instanceof ConfigList list) || list.isEmpty()) {
            findings.refuse(setting, expected);
            return List.of();
        }
        findings.accept(path(key), setting);
        List<R> values = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Setting element = setting.element(list, i);
            String elementPath = path(key) + '[' + i + ']';
            if (element.value() instanceof ConfigObject object) {
                Layer layer = new Layer(object, element.path(), element.isDefault());
                ConfigReader reader = new ConfigReader(elementPath, pattern(key) + ".*", List.of(layer), findings);
                values.add(within.apply(reader.read(elementKey, kind), reader));
                reader.finish();
                findings.acceptLike(elementPath, reader.path(elementKey));
            } else {
                values.add(alone.apply(parse(element, elementPath, kind)));
            }
        }
        return values;
    }

    /** A list, possibly empty. */
    <T> List<T> readAll(String key, ValueKind<T> kind) {
        Setting setting = find(key);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            refuseIfSet(setting, "a list, each of it " + kind.expected());
            return List.of();
        }
        findings.accept(path(key), setting);
        List<T> values = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String elementPath = path(key) + '[' + i + ']';
            values.add(parse(setting.element(list, i), elementPath, kind));
        }
        return values;
    }

    /** Values by free names, each from the first layer that has it. */
    <T> Map<String, T> readMap(String key, ValueKind<String> names, ValueKind<T> kind) {
        find(key);
        ConfigReader section = section(key);
        Map<String, Setting> settings = new TreeMap<>();
        for (Layer layer : section.layers) {
            for (String name : layer.object().keySet()) {
                Setting setting = layer.find(name);
                if (setting != null) {
                    settings.putIfAbsent(name, setting);
                }
            }
        }
        Map<String, T> values = new TreeMap<>();
        settings.forEach((name, setting) -> {
            if (Kinds.accepts(names, name)) {
                values.put(name, parse(setting, section.path(name), kind));
            } else {
                findings.problem(setting.place(), setting.path(), ValueText.quoted(name), names.expected());
            }
        });
        return values;
    }

    /** Whether a key has a value, of whatever kind. */
    boolean isSet(String key) {
        return find(key) != null;
    }

    /** Whether a value that was read and taken is that of the reference, not one of the operator's. */
    boolean isDefault(String key) {
        Setting setting = findings.accepted(path(key));
        return setting != null && setting.isDefault();
    }

    /** Whether the operator has written a block. */
    boolean isWritten(String key) {
        known.add(key);
        return layers.stream().anyMatch(layer -> {
            Setting setting = layer.isDefault() ? null : layer.find(key);
            return setting != null && setting.value() instanceof ConfigObject;
        });
    }

    /** Reports that a key has to be set as other keys are. */
    void demand(String key, String expected) {
        findings.problem(place(), path(key), "missing", expected);
    }

    /** Reports an accepted value that does not go with another one. */
    void contradict(String key, String value, String expected) {
        Setting setting = findings.accepted(path(key));
        if (setting != null) {
            findings.problem(setting.place(), setting.path(), value, expected);
        }
    }

    /** A part of this section; one that is not set has the values of its lower layers. */
    ConfigReader section(String key) {
        known.add(key);
        List<Layer> inner = new ArrayList<>();
        for (Layer layer : layers) {
            Setting setting = layer.find(key);
            if (setting != null && setting.value() instanceof ConfigObject object) {
                inner.add(new Layer(object, setting.path(), layer.isDefault()));
            } else if (setting != null) {
                findings.refuse(setting, "an object");
            }
        }
        return new ConfigReader(path(key), pattern(key), inner, findings);
    }

    /** A part of this section that has the values of another one where it sets none. */
    ConfigReader section(String key, ConfigReader below) {
        ConfigReader own = section(key);
        List<Layer> all = new ArrayList<>(own.layers);
        below.layers.stream().filter(layer -> !own.layers.contains(layer)).forEach(all::add);
        return new ConfigReader(own.path, own.pattern, all, findings);
    }

    /** What the reference says of a part of this section. */
    ConfigReader defaults(String key) {
        known.add(key);
        List<Layer> inner = new ArrayList<>();
        for (Layer layer : layers) {
            Setting setting = layer.isDefault() ? layer.find(key) : null;
            if (setting != null && setting.value() instanceof ConfigObject object) {
                inner.add(new Layer(object, setting.path(), true));
            }
        }
        return new ConfigReader(path(key), pattern(key), inner, findings);
    }

    /** Whether the operator has written a word where a part of this section may stand. */
    boolean isWord(String key, String word) {
        known.add(key);
        for (Layer layer : layers) {
            Setting setting = layer.find(key);
            if (setting != null) {
                return word.equals(ValueText.ofScalar(setting.value()));
            }
        }
        return false;
    }

    /** The sections of an object with free names, by name, each with what the operator set for all of them. */
    Map<String, ConfigReader> named(String key, ConfigReader defaults) {
        Map<String, ConfigReader> readers = new TreeMap<>();
        Setting setting = find(key);
        if (setting == null || !(setting.value() instanceof ConfigObject object)) {
            refuseIfSet(setting, "an object with one entry per name");
            return readers;
        }
        boolean areObjects = true;
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String elementPath = ValueText.path(path(key), entry.getKey());
            Setting element = new Setting(entry.getValue(), elementPath, setting.isDefault());
            if (element.value().valueType() != ConfigValueType.NULL) {
                Optional<ConfigReader> reader = inherit(key, element, defaults);
                reader.ifPresent(r -> readers.put(entry.getKey(), r));
                areObjects &= reader.isPresent();
            }
        }
        if (areObjects) {
            findings.accept(path(key), setting);
        }
        return readers;
    }

    /** The sections of an object with free names, by name, each with what its lower layers say under the same name. */
    Map<String, ConfigReader> entries(String key) {
        Map<String, ConfigReader> readers = new TreeMap<>();
        find(key);
        ConfigReader section = section(key);
        Set<String> names = new TreeSet<>();
        section.layers.forEach(layer -> names.addAll(layer.object().keySet()));
        for (String name : names) {
            ConfigReader named = section.section(name);
            if (!named.layers.isEmpty()) {
                readers.put(name, new ConfigReader(named.path, section.pattern + ".*", named.layers, findings));
            }
        }
        return readers;
    }

    /** What the section holds that is a block, by key. */
    Map<String, Setting> blocks() {
        Map<String, Setting> blocks = new TreeMap<>();
        for (Layer layer : layers) {
            for (String key : layer.object().keySet()) {
                Setting setting = layer.find(key);
                if (setting != null && setting.value() instanceof ConfigObject) {
                    blocks.putIfAbsent(key, setting);
                }
            }
        }
        return blocks;
    }

    /** The sections of a list. */
    List<ConfigReader> elements(String key) {
        return elements(key, new ConfigReader("", "", List.of(), findings));
    }

    /** The sections of a list, each with what the operator set for all of them. */
    List<ConfigReader> elements(String key, ConfigReader defaults) {
        List<ConfigReader> readers = new ArrayList<>();
        Setting setting = find(key);
        if (setting == null || !(setting.value() instanceof ConfigList list)) {
            refuseIfSet(setting, "a list of objects");
            return readers;
        }
        for (int i = 0; i < list.size(); i++) {
            inherit(key, setting.element(list, i), defaults).ifPresent(readers::add);
        }
        if (readers.size() == list.size()) {
            findings.accept(path(key), setting);
        }
        return readers;
    }

    /**
     * Reports every key that nobody asked for.
     *
     * @return whether there was none
     */
    boolean finish() {
        return new Leftovers(path, pattern, known, findings).report(layers);
    }

    private Optional<ConfigReader> inherit(String key, Setting element, ConfigReader defaults) {
        if (!(element.value() instanceof ConfigObject object)) {
            findings.refuse(element, "an object");
            return Optional.empty();
        }
        findings.accept(element.path(), element);
        List<Layer> inner = new ArrayList<>();
        inner.add(new Layer(object, element.path(), element.isDefault()));
        inner.addAll(defaults.layers);
        return Optional.of(new ConfigReader(element.path(), pattern(key) + ".*", inner, findings));
    }

    private <T> T parse(Setting setting, String effectivePath, ValueKind<T> kind) {
        T parsed = kind.parser().parse(setting.value());
        if (parsed != null) {
            findings.accept(effectivePath, setting);
            return parsed;
        }
        if (kind.isSecret()) {
            findings.problem(setting.place(), setting.path(), "a secret", kind.expected());
            return kind.standIn();
        }
        String text = ValueText.ofScalar(setting.value());
        String suggestion = text == null ? "" : Nearest.to(text, kind.candidates());
        findings.refuse(setting, kind.expected(), suggestion);
        return kind.standIn();
    }

    private @Nullable Setting find(String key) {
        known.add(key);
        Setting first = null;
        for (Layer layer : layers) {
            if (layer.isDefault()) {
                findings.defaultRead(layer.path(key));
            }
            first = first == null ? layer.find(key) : first;
        }
        return first;
    }

    private void missing(String key, String expected) {
        boolean isReplaced = NotYet.insteadOf(pattern(key)).stream()
                .anyMatch(other -> layers.stream().anyMatch(layer -> layer.find(other) != null));
        if (!isReplaced) {
            findings.problem(place(), path(key), "missing", expected);
        }
    }

    private void refuseIfSet(@Nullable Setting setting, String expected) {
        if (setting != null) {
            findings.refuse(setting, expected);
        }
    }

    private String pattern(String key) {
        return ValueText.path(pattern, key);
    }
}
