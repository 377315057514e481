package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key that an environment variable means. Upper case with underscores does not tell where a name of the operator's
 * ends and a key begins, nor which of its letters were dots, so names are compared with what is there: a name that exists
 * wins; otherwise the shortest new name does, in lower case with dashes.
 */
final class VariableNames {
    private static final Pattern OTHER_THAN_UPPER = Pattern.compile("[^A-Z0-9]");
    private static final Pattern INDEX = Pattern.compile("(\\d{1,4})(?:_(.+))?");

    private final Shape surface;
    private final @Nullable ConfigValue present;

    /** @param present what the files hold at the surface's root */
    VariableNames(Shape surface, @Nullable ConfigValue present) {
        this.surface = surface;
        this.present = present;
    }

    /** A key as the name of a variable. */
    static String upper(String key) {
        return OTHER_THAN_UPPER.matcher(key.toUpperCase(Locale.ROOT)).replaceAll("_");
    }

    /** Every key that a name without its prefix may mean; usually one. */
    List<Target> targets(String name) {
        List<Target> targets = new ArrayList<>();
        match(surface, name, present, List.of(), targets);
        return targets;
    }

    /** The names of all keys that exist, for suggestions. */
    List<String> known() {
        Set<String> names = new TreeSet<>();
        list(surface, "", present, names);
        return List.copyOf(names);
    }

    /** A key, and what may stand there. */
    record Target(List<Step> steps, Shape shape) {}

    private void match(Shape shape, String rest, @Nullable ConfigValue at, List<Step> steps, List<Target> targets) {
        if (shape instanceof Shape.Block block && !rest.isEmpty()) {
            block.keys().forEach((key, inner) -> into(inner, key, rest, at, steps, targets));
        } else if (shape instanceof Shape.Named named) {
            named(named, rest, at, steps, targets);
        } else if (shape instanceof Shape.Items items && !(items.of() instanceof Shape.Value)) {
            Matcher index = INDEX.matcher(rest);
            if (index.matches()) {
                int i = Integer.parseInt(index.group(1));
                String inner = index.group(2) == null ? "" : index.group(2);
                match(items.of(), inner, element(at, i), with(steps, Step.at(i)), targets);
            }
        } else if (shape instanceof Shape.Open && !rest.isEmpty()) {
            targets.add(new Target(with(steps, Step.into(lower(rest))), shape));
        } else if (rest.isEmpty() && !(shape instanceof Shape.Block)) {
            targets.add(new Target(steps, shape));
        }
    }

    /** Goes on behind a key if the rest of the name begins with it. */
    private void into(
            Shape shape, String key, String rest, @Nullable ConfigValue at, List<Step> steps, List<Target> targets) {
        String upper = upper(key);
        if (rest.equals(upper)) {
            match(shape, "", child(at, key), with(steps, Step.into(key)), targets);
        } else if (rest.startsWith(upper + '_')) {
            String inner = rest.substring(upper.length() + 1);
            match(shape, inner, child(at, key), with(steps, Step.into(key)), targets);
        }
    }

    private void named(
            Shape.Named named, String rest, @Nullable ConfigValue at, List<Step> steps, List<Target> targets) {
        List<Target> existing = new ArrayList<>();
        children(at).keySet().forEach(name -> into(named.of(), name, rest, at, steps, existing));
        if (!named.takesVariables()) {
            targets.addAll(existing);
            return;
        }
        for (int end = rest.indexOf('_'); end > 0 && existing.isEmpty(); end = rest.indexOf('_', end + 1)) {
            Step name = Step.into(lower(rest.substring(0, end)));
            match(named.of(), rest.substring(end + 1), null, with(steps, name), existing);
        }
        if (existing.isEmpty() && named.of() instanceof Shape.Value && !rest.isEmpty()) {
            existing.add(new Target(with(steps, Step.into(lower(rest))), named.of()));
        }
        targets.addAll(existing);
    }

    private void list(Shape shape, String name, @Nullable ConfigValue at, Set<String> names) {
        String prefix = name.isEmpty() ? "" : name + '_';
        if (shape instanceof Shape.Block block) {
            block.keys().forEach((key, inner) -> list(inner, prefix + upper(key), child(at, key), names));
        } else if (shape instanceof Shape.Named named) {
            children(at).forEach((key, inner) -> list(named.of(), prefix + upper(key), inner, names));
        } else if (shape instanceof Shape.Items items && !(items.of() instanceof Shape.Value)) {
            for (int i = 0; at instanceof ConfigList list && i < list.size(); i++) {
                list(items.of(), prefix + i, list.get(i), names);
            }
        } else {
            names.add(name);
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, ConfigValue> children(@Nullable ConfigValue at) {
        return at instanceof ConfigObject object ? new TreeMap<>(object) : Map.of();
    }

    private static @Nullable ConfigValue child(@Nullable ConfigValue at, String key) {
        return at instanceof ConfigObject object ? object.get(key) : null;
    }

    private static @Nullable ConfigValue element(@Nullable ConfigValue at, int index) {
        return at instanceof ConfigList list && index < list.size() ? list.get(index) : null;
    }

    private static List<Step> with(List<Step> steps, Step next) {
        List<Step> all = new ArrayList<>(steps);
        all.add(next);
        return List.copyOf(all);
    }
}
