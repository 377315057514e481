package dev.outrigger.config.load;

import java.util.Comparator;

/**
 * One thing that is wrong with a configuration, as an operator can act on it. Parts that do not apply are empty.
 *
 * @param file as it was named by whoever loaded or included it, or where else a value came from
 * @param line of the value, or of the block that should have held it; from 1, 0 if there is none
 * @param path the key from the root on; empty for a problem of a whole file
 * @param value what is there, printed without secrets: a scalar, or words such as {@code unknown key}
 * @param expected what would have been right
 * @param suggestion the nearest thing that exists, when something is near
 */
public record ConfigProblem(String file, int line, String path, String value, String expected, String suggestion) {
    /** The order in which somebody with an editor works through them. */
    static final Comparator<ConfigProblem> BY_PLACE = Comparator.comparing(ConfigProblem::file)
            .thenComparingInt(ConfigProblem::line)
            .thenComparing(ConfigProblem::path)
            .thenComparing(ConfigProblem::value);

    /** One line: {@code file:line: path: value, expected …, did you mean …?} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        text.append(value);
        if (!expected.isEmpty()) {
            text.append(", expected ").append(expected);
        }
        if (!suggestion.isEmpty()) {
            text.append(", did you mean ").append(suggestion).append('?');
        }
        return text.toString();
    }
}
