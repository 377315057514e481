package dev.outrigger.config.load;

import java.util.Comparator;
import java.util.List;

/**
 * One step on the way to a value.
 *
 * @param key of an object; empty for a step into a list
 * @param index in a list; -1 for a step into an object
 */
record Step(String key, int index) {
    private static final Comparator<Step> BY_PLACE =
            Comparator.comparing(Step::key).thenComparingInt(Step::index);

    static Step into(String key) {
        return new Step(key, -1);
    }

    static Step at(int index) {
        return new Step("", index);
    }

    boolean isIndex() {
        return index >= 0;
    }

    /** Orders paths, indexes by their size: the elements of a list can be added in this order. */
    static int compare(List<Step> path, List<Step> other) {
        for (int i = 0; i < Math.min(path.size(), other.size()); i++) {
            int order = BY_PLACE.compare(path.get(i), other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(path.size(), other.size());
    }

    /** The path that steps lead to, as problems show it. */
    static String path(List<Step> steps) {
        String path = "";
        for (Step step : steps) {
            path = step.isIndex() ? path + '[' + step.index + ']' : ValueText.path(path, step.key);
        }
        return path;
    }
}
