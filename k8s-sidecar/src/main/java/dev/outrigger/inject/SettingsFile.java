package dev.outrigger.inject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads {@link InjectorSettings}: what the operator wrote lies over the defaults, key by key, and what nobody knows is an
 * error, because a setting with a spelling mistake would otherwise show by pods that run without it.
 */
public final class SettingsFile {
    private static final String DEFAULTS = "settings.yaml";

    private static final List<String> PULL_POLICIES = List.of("", "Always", "IfNotPresent", "Never");
    private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final JsonMapper BINDING = JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private SettingsFile() {}

    /** What holds where nobody says anything else. */
    public static InjectorSettings defaults() throws IOException {
        return bind(defaultTree(), DEFAULTS);
    }

    /**
     * @throws IOException if the file can not be read, is no YAML, or holds what no setting takes; the message names the file
     *     and the key
     */
    public static InjectorSettings read(Path file) throws IOException {
        ObjectNode merged = defaultTree();
        JsonNode own;
        try {
            own = YAML.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": " + e.getOriginalMessage() + line(e), e);
        }
        if (own instanceof ObjectNode tree) {
            overlay(merged, tree);
        } else if (!own.isMissingNode() && !own.isNull()) {
            throw new IOException(file + ": expected keys and values, as image: outrigger:1.0");
        }
        return bind(merged, file.toString());
    }

    private static ObjectNode defaultTree() throws IOException {
        try (InputStream in = SettingsFile.class.getResourceAsStream(DEFAULTS)) {
            return (ObjectNode) YAML.readTree(Objects.requireNonNull(in, DEFAULTS));
        }
    }

    /** Objects are laid over each other, anything else takes the other's place. Resources are one decision, not four. */
    private static void overlay(ObjectNode below, ObjectNode above) {
        above.properties().forEach(entry -> {
            JsonNode old = below.path(entry.getKey());
            boolean isWhole = entry.getKey().endsWith("esources");
            if (!isWhole && old instanceof ObjectNode inner && entry.getValue() instanceof ObjectNode over) {
                overlay(inner, over);
            } else {
                below.set(entry.getKey(), entry.getValue());
            }
        });
    }

    private static InjectorSettings bind(ObjectNode tree, String origin) throws IOException {
        InjectorSettings settings;
        try {
            settings = BINDING.treeToValue(tree, InjectorSettings.class);
        } catch (JsonProcessingException e) {
            throw new IOException(origin + ": " + e.getOriginalMessage(), e);
        }
        List<String> problems = problems(settings);
        if (!problems.isEmpty()) {
            throw new IOException(origin + ": " + String.join("; ", problems));
        }
        return settings;
    }

    private static List<String> problems(InjectorSettings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.image().isBlank()) {
            problems.add("image is empty, expected the name of an image");
        }
        if (!PULL_POLICIES.contains(settings.imagePullPolicy())) {
            problems.add("imagePullPolicy: \"" + settings.imagePullPolicy() + "\", expected one of " + PULL_POLICIES);
        }
        Stream.concat(
                        settings.imagePullSecrets().stream(),
                        Stream.of(settings.configMap()).filter(name -> !name.isEmpty()))
                .filter(name -> !NAME.matcher(name).matches())
                .forEach(name -> problems.add("\"" + name + "\", expected the name of an object in the cluster"));
        problems.addAll(SidecarResources.problems(settings));
        Interception interception = settings.interception();
        String some = "expected ports and ranges, as \"8080\" and \"9000-9010\"";
        String any = some + ", or \"*\" alone";
        String ranges = "expected address ranges, with no bits behind their prefixes, as 10.0.0.0/8";
        check("includeInboundPorts", interception.includeInboundPorts(), Interception::canInclude, any, problems);
        check("includeOutboundPorts", interception.includeOutboundPorts(), Interception::canInclude, any, problems);
        check("excludeInboundPorts", interception.excludeInboundPorts(), Interception::canExclude, some, problems);
        check("excludeOutboundPorts", interception.excludeOutboundPorts(), Interception::canExclude, some, problems);
        check("includeOutboundCidrs", interception.includeOutboundCidrs(), Interception::areCidrs, ranges, problems);
        check("excludeOutboundCidrs", interception.excludeOutboundCidrs(), Interception::areCidrs, ranges, problems);
        return problems;
    }

    private static void check(
            String key, List<String> values, Predicate<List<String>> isFine, String expected, List<String> problems) {
        if (values.contains(null) || !isFine.test(values)) {
            problems.add("interception." + key + ": " + values + ", " + expected);
        }
    }

    private static String line(JsonProcessingException failure) {
        return failure.getLocation() == null
                ? ""
                : " (line " + failure.getLocation().getLineNr() + ')';
    }
}
