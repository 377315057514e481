package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import dev.outrigger.config.load.VariableNames.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Environment variables {@code OUTRIGGER_…} over the files: any key, its path in upper case with underscores for dots and
 * dashes. A variable that names no key is a problem, as a mistyped key is; only those that others set by that prefix are not.
 */
final class Overrides {
    static final String PREFIX = "OUTRIGGER_";

    /** What the launcher script reads. */
    private static final Set<String> LAUNCHER =
            Set.of("OUTRIGGER_HEAP", "OUTRIGGER_JAVA_HOME", "OUTRIGGER_JAVA_OPTS", "OUTRIGGER_CACHE");

    /** What {@code init-interception} reads, which may share a file of variables with the sidecar. */
    private static final String INTERCEPTION = "OUTRIGGER_INTERCEPTION_";

    private static final String EXPECTED = "OUTRIGGER_ and the path of a key such as OUTRIGGER_STATUS_BIND";
    private static final Pattern COMMA = Pattern.compile(",");

    private record Placed(String variable, List<Step> steps, ConfigValue value) {}

    private final Map<String, String> environment;
    private final Findings findings;

    Overrides(Map<String, String> environment, Findings findings) {
        this.environment = new TreeMap<>(environment);
        this.findings = findings;
    }

    void apply(Overlay overlay) {
        List<Step> root = List.of(Step.into(ConfigLoader.ROOT));
        VariableNames names = new VariableNames(Surface.of(Reference.all()), overlay.at(root));
        List<Placed> placed = new ArrayList<>();
        environment.forEach((variable, text) -> {
            if (variable.startsWith(PREFIX) && !LAUNCHER.contains(variable) && !variable.startsWith(INTERCEPTION)) {
                List<Target> targets = names.targets(variable.substring(PREFIX.length()));
                boolean isLink = ServiceLinks.isLink(variable, text);
                if (targets.size() == 1 && !(isLink && targets.get(0).shape() instanceof Shape.Open)) {
                    placed.add(placed(variable, text, root, targets.get(0)));
                } else if (targets.size() > 1 || !isLink) {
                    refuse(variable, targets, names);
                }
            }
        });
        placed.sort(Comparator.comparing(Placed::steps, Step::compare));
        placed.forEach(one -> put(one, overlay));
    }

    private static Placed placed(String variable, String text, List<Step> root, Target target) {
        List<Step> steps = new ArrayList<>(root);
        steps.addAll(target.steps());
        boolean isList = target.shape() instanceof Shape.Items;
        ConfigValue value = isList
                ? Environment.values(
                        variable,
                        COMMA.splitAsStream(text)
                                .map(String::strip)
                                .filter(s -> !s.isEmpty())
                                .toList())
                : Environment.value(variable, text);
        return new Placed(variable, steps, value);
    }

    private void put(Placed placed, Overlay overlay) {
        List<Step> steps = placed.steps();
        for (int i = 0; i < steps.size(); i++) {
            List<Step> list = steps.subList(0, i);
            int size = overlay.at(list) instanceof ConfigList present ? present.size() : 0;
            if (steps.get(i).index() > size) {
                String expected = "an index from 0 to " + size;
                findings.problem(
                        Environment.place(placed.variable()),
                        Step.path(list),
                        "no element " + steps.get(i).index(),
                        expected);
                return;
            }
        }
        overlay.put(steps, placed.value());
    }

    private void refuse(String variable, List<Target> targets, VariableNames names) {
        if (targets.isEmpty()) {
            String nearest = Nearest.to(variable.substring(PREFIX.length()), names.known());
            String suggestion = nearest.isEmpty() ? "" : PREFIX + nearest;
            findings.problem(Environment.place(variable), "", "names no key", EXPECTED, suggestion);
        } else {
            List<String> paths =
                    targets.stream().map(target -> Step.path(target.steps())).toList();
            findings.problem(
                    Environment.place(variable),
                    "",
                    "may mean " + String.join(" or ", paths),
                    "a name of one key only");
        }
    }
}
