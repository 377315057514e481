package dev.outrigger.inject;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.outrigger.inject.Injection.Injected;
import dev.outrigger.inject.Injection.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Injects manifests, YAML or JSON, as many documents as there are. Documents without a pod come out as they went in, byte for
 * byte; those with one lose their comments, because they are written anew.
 *
 * <p>Immutable; any thread.
 */
public final class ManifestInjector {
    /** At the beginning of a line it is always the beginning of a document: inside of one, text is indented or quoted. */
    private static final Pattern DOCUMENT = Pattern.compile("(?m)^(?=---(?:\\s|$))");

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .stringQuotingChecker(new PlainStrings())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /** Where the pod stands in the objects that hold one, by version and kind. */
    private static final Map<String, String> TEMPLATES = Map.of(
            "v1 Pod", "",
            "v1 PodTemplate", "/template",
            "apps/v1 Deployment", "/spec/template",
            "apps/v1 StatefulSet", "/spec/template",
            "apps/v1 DaemonSet", "/spec/template",
            "apps/v1 ReplicaSet", "/spec/template",
            "v1 ReplicationController", "/spec/template",
            "batch/v1 Job", "/spec/template",
            "batch/v1 CronJob", "/spec/jobTemplate/spec/template");

    private final PodInjector injector;

    public ManifestInjector(PodInjector injector) {
        this.injector = injector;
    }

    /**
     * What came of manifests.
     *
     * @param text all documents in their order
     * @param problems why some must not run like this, with kind and name; then the text is of no use
     * @param notes what the author should know
     */
    public record Result(String text, List<String> problems, List<String> notes) {}

    /** @param manifests the documents, with {@code ---} between them */
    public Result inject(String manifests) {
        StringBuilder out = new StringBuilder(manifests.length() * 2);
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        int number = 0;
        for (String document : DOCUMENT.split(manifests, -1)) {
            number++;
            try {
                JsonNode tree = YAML.readTree(document);
                Optional<String> reference = mayHoldPods(tree) ? reference(document) : Optional.empty();
                if (reference.isPresent()) {
                    problems.add("document " + number + ": " + reference.get());
                } else if (injectAll(tree, problems, notes)) {
                    out.append(YAML.writeValueAsString(tree));
                } else {
                    out.append(document);
                }
            } catch (JsonProcessingException e) {
                problems.add("document " + number + ": " + e.getOriginalMessage());
            } catch (IOException e) {
                throw new UncheckedIOException("a string that can not be read", e);
            }
        }
        return new Result(out.toString(), List.copyOf(problems), List.copyOf(notes));
    }

    private static boolean isList(JsonNode tree) {
        return tree.path("kind").asText().endsWith("List") && tree.path("items").isArray();
    }

    private static String type(JsonNode tree) {
        return tree.path("apiVersion").asText() + ' ' + tree.path("kind").asText();
    }

    private static boolean mayHoldPods(JsonNode tree) {
        return isList(tree) || TEMPLATES.containsKey(type(tree));
    }

    /** What a tree of JSON has no place for: it would have the alias's name where the document means what it stands for. */
    private static Optional<String> reference(String document) throws IOException {
        try (YAMLParser parser = YAML.getFactory().createParser(document)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean isMerge =
                        token == JsonToken.FIELD_NAME && parser.currentName().equals("<<");
                if (isMerge || parser.isCurrentAlias()) {
                    JsonLocation location = parser.currentTokenLocation();
                    String what = isMerge ? "the merge key <<" : "the alias *" + parser.getText();
                    return Optional.of("line " + location.getLineNr() + " has " + what
                            + ", expected what it stands for, as yq 'explode(.)' writes it");
                }
            }
        }
        return Optional.empty();
    }

    /** @return whether something in the tree has changed */
    private boolean injectAll(JsonNode tree, List<String> problems, List<String> notes) {
        if (isList(tree)) {
            boolean changed = false;
            for (JsonNode item : tree.path("items")) {
                changed |= injectAll(item, problems, notes);
            }
            return changed;
        }
        String pointer = TEMPLATES.get(type(tree));
        if (pointer == null) {
            if (tree.at("/spec/template/spec/containers").isArray()) {
                notes.add(what(tree) + " left as it is: nobody knows here that " + type(tree)
                        + " holds a pod; the webhook sees its pods as they are made");
            }
            return false;
        }
        if (!pointer.isEmpty()) {
            noteMisplaced(tree, pointer, notes);
        }
        return tree.at(pointer) instanceof ObjectNode pod && injectOne(tree, pod, problems, notes);
    }

    /** They are read where the pod is, and mean nothing on what makes pods. */
    private static void noteMisplaced(JsonNode object, String pointer, List<String> notes) {
        for (String kind : List.of("annotations", "labels")) {
            object.path("metadata").path(kind).fieldNames().forEachRemaining(key -> {
                if (Annotation.of(key).isPresent()) {
                    notes.add(
                            what(object) + ": " + key + " in its own " + kind + " means nothing, expected in those of "
                                    + pointer.substring(1).replace('/', '.'));
                }
            });
        }
    }

    private static String name(JsonNode object) {
        return Optional.of(object.path("metadata").path("name").asText())
                .filter(text -> !text.isEmpty())
                .orElse(Sidecar.NAME);
    }

    private static String what(JsonNode object) {
        return object.path("kind").asText() + ' ' + name(object);
    }

    private boolean injectOne(JsonNode object, ObjectNode pod, List<String> problems, List<String> notes) {
        String name = name(object);
        String what = what(object);
        Injection injection = injector.inject(pod, name);
        if (injection instanceof Injected injected) {
            pod.setAll(injected.pod());
            injected.warnings().forEach(warning -> notes.add(what + ": " + warning));
            return true;
        }
        if (injection instanceof Refused refused) {
            refused.problems().forEach(problem -> problems.add(what + ": " + problem));
        } else if (injection instanceof Injection.Untouched untouched) {
            notes.add(what + " left as it is: " + untouched.why());
        }
        return false;
    }
}
