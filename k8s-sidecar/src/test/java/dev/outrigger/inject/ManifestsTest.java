package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest that is kept here, what the chart renders among them, read by strict types. */
class ManifestsTest {
    private static final List<Path> DIRECTORIES =
            List.of(Path.of("kustomize"), Path.of("manual"), Path.of("src/test/resources/rendered"));
    /** Made a manifest by kustomize. */
    private static final Path SETTINGS = Path.of("kustomize/overlays/production/settings.yaml");

    static List<Path> manifests() throws IOException {
        List<Path> manifests = new ArrayList<>();
        for (Path directory : DIRECTORIES) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".yaml"))
                        .filter(file -> !file.endsWith("kustomization.yaml") && !file.equals(SETTINGS))
                        .filter(file -> !file.toString().endsWith(".values.yaml"))
                        .forEach(manifests::add);
            }
        }
        assertFalse(manifests.isEmpty());
        return manifests;
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void isWhatKubernetesKnows(Path manifest) throws IOException {
        List<JsonNode> documents = Yaml.documents(Files.readString(manifest));

        assertFalse(documents.isEmpty());
        documents.forEach(StrictModels::parse);
    }

    /** What the chart says to the injector in words of its own is what the injector understands. */
    @ParameterizedTest
    @MethodSource("manifests")
    void holdsSettingsThatTheInjectorTakes(Path manifest, @TempDir Path directory) throws IOException {
        for (JsonNode document : Yaml.documents(Files.readString(manifest))) {
            String settings = document.path("data").path("settings.yaml").asText("");
            if (!settings.isEmpty()) {
                SettingsFile.read(Files.writeString(directory.resolve("settings.yaml"), settings));
            }
        }
    }

    @Test
    void theSettingsOfTheOverlayAreTaken() throws IOException {
        assertEquals(
                "registry.example/outrigger:0.1.0", SettingsFile.read(SETTINGS).image());
    }

    @Test
    void theManifestByHandIsLeftAsItIs() throws IOException {
        String text = Files.readString(Path.of("manual/weather.yaml"));

        ManifestInjector.Result result = new ManifestInjector(new PodInjector(SettingsFile.defaults())).inject(text);

        assertEquals(text, result.text());
        assertEquals(List.of(), result.problems());
    }

    @Test
    void theExampleForTheInjectorCanBeInjected() throws IOException {
        String text = Files.readString(Path.of("manual/injected-namespace.yaml"));

        ManifestInjector.Result result = new ManifestInjector(new PodInjector(SettingsFile.defaults())).inject(text);

        assertEquals(List.of(), result.problems());
        assertTrue(result.text().contains("outrigger-init"));
        Yaml.documents(result.text()).forEach(StrictModels::parse);
    }
}
