package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is kept of the chart's texts, kustomize's base among them, is what Helm renders now. With {@code -Dgoldens.write=true} it
 * becomes that.
 */
class ChartTest {
    private static final Path RENDERED = Path.of("src/test/resources/rendered");
    private static final String HEAD = "# Rendered from helm/outrigger by ChartTest; not to be edited.\n";

    @ParameterizedTest
    @CsvSource({
        "kustomize/base/injector.yaml, 1.31.0, , ",
        "kustomize/overlays/monitoring/monitoring.yaml, 1.31.0, monitoring, templates/monitoring.yaml",
        "src/test/resources/rendered/cert-manager.yaml, 1.31.0, cert-manager, ",
        "src/test/resources/rendered/own-secret.yaml, 1.31.0, own-secret, ",
        "src/test/resources/rendered/old-cluster.yaml, 1.28.4, old-cluster, ",
        "src/test/resources/rendered/everything-else.yaml, 1.31.0, everything-else, "
    })
    void whatItRendersIsKept(Path kept, String kubernetesVersion, String values, String onlyTemplate)
            throws IOException {
        List<Path> files = values == null ? List.of() : List.of(RENDERED.resolve(values + ".values.yaml"));
        List<String> documents = Chart.render(kubernetesVersion, files).stream()
                .filter(document -> onlyTemplate == null || document.startsWith("# Source: outrigger/" + onlyTemplate))
                .toList();
        String rendered = HEAD + Chart.text(documents);

        if (Boolean.getBoolean("goldens.write")) {
            Files.writeString(kept, rendered);
        }
        assertEquals(Files.readString(kept), rendered, kept.toString());
    }

    @Test
    void helmFindsNothingToCriticize() {
        LintResult result = new Helm(Chart.DIRECTORY).lint().strict().call();

        assertFalse(result.isFailed());
        // It would like an icon.
        assertEquals(
                List.of(),
                result.getMessages().stream()
                        .filter(message -> !message.startsWith("[INFO]"))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "certificates.renewBeforeDays=90, certificates.renewBeforeDays is not below certificates.validityDays",
        "autoscaling.maxReplicas=1, autoscaling.maxReplicas is below autoscaling.minReplicas",
        "certificates.mode=secret, certificates.caBundle is empty",
        "injection.interception.excludeInboundPorts={*}, excludeInboundPorts",
        "injection.resources.limitz.cpu=1, limitz",
        "injection.resources.limits.cpu=much, limits/cpu",
        "injection.configMap=Bad_Name, configMap",
        "image.digest=latest, digest"
    })
    void valuesThatCanNotBeMeantAreRefused(String value, String expected) {
        String[] parts = value.split("=", 2);
        TemplateCommand command =
                new Helm(Chart.DIRECTORY).template().withKubeVersion("1.31.0").set(parts[0], parts[1]);

        IllegalStateException refused = assertThrows(IllegalStateException.class, command::call);
        assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
    }

    /** What YAML would read as a number is a name here. */
    @Test
    void namesMayBeNumbers() throws IOException {
        String text = new Helm(Chart.DIRECTORY)
                .template()
                .withName("1234")
                .withNamespace("5678")
                .withKubeVersion("1.31.0")
                .set("image.digest", "sha256:" + "0".repeat(64))
                .call();

        for (JsonNode document : Yaml.documents(text)) {
            StrictModels.parse(document);
            JsonNode metadata = document.path("metadata");
            assertTrue(metadata.at("/labels/app.kubernetes.io~1instance").isTextual(), text);
            assertTrue(
                    metadata.path("namespace").isMissingNode()
                            || metadata.path("namespace").isTextual(),
                    text);
        }
        assertTrue(text.contains("\"outrigger@sha256:000"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"replicas", "injection.interceptoin", "monitoring.podMonitor.enable"})
    void aValueThatNobodyKnowsIsRefused(String key) {
        TemplateCommand command = new Helm(Chart.DIRECTORY).template().set(key, "1");

        IllegalStateException refused = assertThrows(IllegalStateException.class, command::call);
        String last = key.substring(key.lastIndexOf('.') + 1);
        assertTrue(String.valueOf(refused.getMessage()).contains("'" + last + "' not allowed"), refused.getMessage());
    }
}
