package dev.outrigger.config.load;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one reading found: the problems, and the setting behind each good value. A value that was refused has none, so a
 * check across fields that asks for the settings it compares never complains a second time about one mistake.
 */
final class Findings {
    /** A value that several elements inherit is read once for each; the set keeps one problem of it. */
    private final Set<ConfigProblem> problems = new LinkedHashSet<>();

    private final Map<String, Setting> good = new HashMap<>();
    private final Set<String> defaultsRead = new HashSet<>();

    void problem(Place place, String path, String value, String expected, String suggestion) {
        problems.add(new ConfigProblem(place.file(), place.line(), path, value, expected, suggestion));
    }

    void problem(Place place, String path, String value, String expected) {
        problem(place, path, value, expected, "");
    }

    /** A value that is not what was expected. */
    void refuse(Setting setting, String expected) {
        refuse(setting, expected, "");
    }

    void refuse(Setting setting, String expected, String suggestion) {
        problem(setting.place(), setting.path(), ValueText.printed(setting.value()), expected, suggestion);
    }

    /** @param path where the value takes effect */
    void accept(String path, Setting setting) {
        good.put(path, setting);
    }

    /** Accepts at a path what was accepted at another one, if it was. */
    void acceptLike(String path, String otherPath) {
        Setting setting = good.get(otherPath);
        if (setting != null) {
            good.put(path, setting);
        }
    }

    /** Takes an acceptance back: the value has turned out to say nothing. */
    void forget(String path) {
        good.remove(path);
    }

    /** The setting that takes effect at a path, or null if it was refused or never read. */
    @Nullable
    Setting accepted(String path) {
        return good.get(path);
    }

    void defaultRead(String referencePath) {
        defaultsRead.add(referencePath);
    }

    /** Every path of {@code reference.conf} that was asked for, whether or not its value was taken. */
    Set<String> defaultsRead() {
        return Set.copyOf(defaultsRead);
    }

    List<ConfigProblem> problems() {
        return problems.stream().sorted(ConfigProblem.BY_PLACE).toList();
    }
}
