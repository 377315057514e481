package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is rendered for those who do without Helm has the rules and the dashboard of the source, not those of some time ago. */
class MonitoringCopiesTest {
    private static final Path FILES = Path.of("helm", "outrigger", "files");
    private static final Path COPY = Path.of("kustomize", "overlays", "monitoring", "monitoring.yaml");
    private static final ObjectReader YAML = new YAMLMapper().readerFor(JsonNode.class);

    @Test
    void theRulesAreThoseOfTheSource() throws IOException {
        JsonNode source = YAML.readTree(Files.readString(FILES.resolve("alerts.yaml")));

        assertEquals(source.get("groups"), copy("PrometheusRule").get("spec").get("groups"), "ChartTest writes it");
    }

    @Test
    void theDashboardIsThatOfTheSource() throws IOException {
        JsonNode source = YAML.readTree(Files.readString(FILES.resolve("overview.json")));

        assertEquals(
                source,
                YAML.readTree(copy("ConfigMap")
                        .get("data")
                        .get("outrigger-overview.json")
                        .asText()),
                "ChartTest writes it");
    }

    private static JsonNode copy(String kind) throws IOException {
        List<JsonNode> found = YAML.<JsonNode>readValues(Files.readString(COPY)).readAll().stream()
                .filter(document -> kind.equals(document.path("kind").asText()))
                .toList();
        assertEquals(1, found.size(), kind);
        return found.get(0);
    }
}
