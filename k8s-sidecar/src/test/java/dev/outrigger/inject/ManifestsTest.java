package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every manifest that is kept here, read by strict types. What the chart renders is kept too, since helm is not everywhere: where
 * it is, the kept text is compared with what it renders now. Without helm on the PATH, or in the variable HELM, that part is
 * skipped, also where other tools are required: no package archive of the build has it.
 */
class ManifestsTest {
    private static final List<Path> DIRECTORIES =
            List.of(Path.of("kustomize"), Path.of("manual"), Path.of("src/test/resources/rendered"));

    static List<Path> manifests() throws IOException {
        List<Path> manifests = new ArrayList<>();
        for (Path directory : DIRECTORIES) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".yaml"))
                        .filter(file -> !file.endsWith("kustomization.yaml"))
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

    /** Prints what differs by name; {@code k8s-sidecar/render.sh} makes them equal. */
    @Test
    void whatTheChartRendersIsKept(@TempDir Path directory) throws Exception {
        String helm = helm();
        assumeTrue(!helm.isEmpty(), "no helm here");
        ProcessBuilder render = new ProcessBuilder("./render.sh").redirectErrorStream(true);
        render.environment().put("HELM", helm);
        render.environment().put("RENDER_TO", directory.toString());
        Process process = render.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "helm is not done");
        assertEquals(0, process.exitValue(), said);

        List<String> stale = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path fresh : files.filter(Files::isRegularFile).toList()) {
                Path kept = directory.relativize(fresh);
                if (!Files.exists(kept) || Files.mismatch(fresh, kept) >= 0) {
                    stale.add(kept.toString());
                }
            }
        }
        assertEquals(List.of(), stale);
    }

    private static String helm() {
        String named = System.getenv("HELM");
        if (named != null) {
            return named;
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, "helm"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
    }
}
