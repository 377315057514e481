package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The chart's values, their schema and the injector's settings name the same keys. */
class ChartValuesTest {
    private static final Path CHART = Path.of("helm/outrigger");
    /** What the chart says itself. */
    private static final Set<String> OF_THE_IMAGE = Set.of("image", "imagePullPolicy", "imagePullSecrets");

    @Test
    void theSchemaKnowsEveryValue() throws IOException {
        JsonNode schema =
                new JsonMapper().readTree(CHART.resolve("values.schema.json").toFile());
        List<String> unknown = new ArrayList<>();

        compare("", Yaml.read(CHART.resolve("values.yaml")), schema, unknown);

        assertEquals(List.of(), unknown);
    }

    @Test
    void everySettingCanBeGivenAsAValue() throws IOException {
        JsonNode injection = new JsonMapper()
                .readTree(CHART.resolve("values.schema.json").toFile())
                .at("/properties/injection/properties");
        JsonNode settings;
        try (InputStream in = SettingsFile.class.getResourceAsStream("settings.yaml")) {
            settings = Yaml.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Set<String> expected = keys(settings);
        expected.removeAll(OF_THE_IMAGE);

        assertEquals(expected, keys(injection));
        assertEquals(keys(settings.path("interception")), keys(injection.at("/interception/properties")));
    }

    @Test
    void theReadmeNamesEveryAnnotation() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> missing = new ArrayList<>();
        for (Annotation annotation : Annotation.values()) {
            if (!readme.contains('`' + annotation.key() + '`')) {
                missing.add(annotation.key());
            }
        }

        assertEquals(List.of(), missing);
    }

    private static void compare(String path, JsonNode values, JsonNode schema, List<String> unknown) {
        if (!schema.has("properties")) {
            return;
        }
        values.properties().forEach(entry -> {
            JsonNode inner = schema.path("properties").path(entry.getKey());
            String at = path + '/' + entry.getKey();
            if (inner.isMissingNode()) {
                unknown.add(at);
            } else {
                compare(at, entry.getValue(), inner, unknown);
            }
        });
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
