package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pod's annotations, typed, and collects what is wrong with them: all of it is told at once. A value that is not
 * understood has its default meanwhile, which nobody gets to see.
 *
 * <p>Used by one thread.
 */
final class AnnotationReader {
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9](?:[-A-Za-z0-9._]{0,61}[A-Za-z0-9])?");
    private static final Pattern SECONDS = Pattern.compile("(\\d{1,5})(s|m)");

    private final JsonNode annotations;
    private final List<String> problems;

    /** @param annotations the pod's, missing if it has none */
    AnnotationReader(JsonNode annotations, List<String> problems) {
        this.annotations = annotations;
        this.problems = problems;
        refuseUnknown();
    }

    /** A key of ours that means nothing is a mistake that would show only by what does not happen. */
    private void refuseUnknown() {
        annotations.fieldNames().forEachRemaining(key -> {
            if (key.startsWith(Annotation.PREFIX) && Annotation.of(key).isEmpty()) {
                problems.add("annotation " + key + " is not known, did you mean "
                        + Annotation.nearest(key).key() + "?");
            }
        });
    }

    boolean flag(Annotation annotation, boolean otherwise) {
        return oneOf(annotation, Boolean.toString(otherwise), "true", "false").equals("true");
    }

    /** One of a few words, in lower case. */
    String oneOf(Annotation annotation, String otherwise, String... words) {
        return read(annotation, otherwise, text -> {
            String word = text.toLowerCase(Locale.ROOT);
            return Arrays.asList(words).contains(word) ? word : null;
        });
    }

    /** One of an enum's constants, in lower case. */
    <E extends Enum<E>> E constant(Annotation annotation, E otherwise) {
        return read(annotation, otherwise, text -> Arrays.stream(
                        otherwise.getDeclaringClass().getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null));
    }

    /** The name of an object in the cluster. */
    String name(Annotation annotation, String otherwise) {
        return read(annotation, otherwise, text -> NAME.matcher(text).matches() ? text : null);
    }

    /** What could be the value of a label. */
    String label(Annotation annotation, String otherwise) {
        return read(annotation, otherwise, text -> LABEL.matcher(text).matches() ? text : null);
    }

    String image(Annotation annotation, String otherwise) {
        return read(annotation, otherwise, text -> text.chars().noneMatch(Character::isWhitespace) ? text : null);
    }

    /** An amount of CPU; empty if it is not there. */
    String cpu(Annotation annotation) {
        return read(annotation, "", text -> Quantity.cpu(text).isPresent() ? text : null);
    }

    /** An amount of memory; empty if it is not there. */
    String memory(Annotation annotation) {
        return read(annotation, "", text -> Quantity.memory(text).isPresent() ? text : null);
    }

    /** The size of a heap. */
    String heap(Annotation annotation, String otherwise) {
        return read(annotation, otherwise, text -> Quantity.heap(text).isPresent() ? text : null);
    }

    boolean has(Annotation annotation) {
        return annotations.has(annotation.key());
    }

    /** For values that are fine by themselves, but not with others. */
    void refuse(Annotation annotation, String expected) {
        problems.add("annotation " + annotation.key() + ": " + shown(annotations.path(annotation.key())) + ", expected "
                + expected);
    }

    /** Whole seconds. */
    Duration time(Annotation annotation, Duration otherwise, Duration below) {
        return read(annotation, otherwise, text -> {
            var matcher = SECONDS.matcher(text);
            if (!matcher.matches()) {
                return null;
            }
            long amount = Long.parseLong(matcher.group(1));
            Duration time = matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMinutes(amount);
            return time.isZero() || time.compareTo(below) >= 0 ? null : time;
        });
    }

    /** Ports and ranges of them, without blanks; all of them may be {@code *}. */
    List<String> included(Annotation annotation, List<String> otherwise) {
        return list(annotation, otherwise, Interception::canInclude);
    }

    /** Ports and ranges of them, without blanks. */
    List<String> excluded(Annotation annotation, List<String> otherwise) {
        return list(annotation, otherwise, Interception::canExclude);
    }

    List<String> cidrs(Annotation annotation, List<String> otherwise) {
        return list(annotation, otherwise, Interception::areCidrs);
    }

    /** Nothing but blanks is an empty list: so somebody says that a default shall not hold. */
    private List<String> list(Annotation annotation, List<String> otherwise, Predicate<List<String>> isFine) {
        return read(annotation, otherwise, text -> {
            List<String> elements = text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
            return isFine.test(elements) ? elements : null;
        });
    }

    private <T> T read(Annotation annotation, T otherwise, Function<String, @Nullable T> parser) {
        JsonNode value = annotations.path(annotation.key());
        if (value.isMissingNode()) {
            return otherwise;
        }
        T parsed = value.isTextual() ? parser.apply(value.textValue().strip()) : null;
        if (parsed == null) {
            refuse(annotation, annotation.expected());
            return otherwise;
        }
        return parsed;
    }

    /** Kubernetes refuses annotations that are no strings, but manifests in files are as people left them. */
    private static String shown(JsonNode value) {
        return value.isTextual() ? '"' + value.textValue() + '"' : value + " (without quotes)";
    }
}
