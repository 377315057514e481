package dev.outrigger.config.load;

import java.util.List;

/**
 * One step on the way to a value.
 *
 * @param key of an object; empty for a step into a list
 * @param index in a list; -1 for a step into an object
 */
record Step(String key, int index) {
    static Step into(String key) {
        return new Step(key, -1);
    }

    static Step at(int index) {
        return new Step("", index);
    }

    boolean isIndex() {
        return index >= 0;
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
