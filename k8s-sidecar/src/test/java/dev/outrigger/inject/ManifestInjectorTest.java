package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestInjectorTest {
    private static final String TEMPLATE = """
            metadata:
              labels: {app: weather}
            spec:
              containers:
                - {name: app, image: "example/app:1"}
            """;

    @ParameterizedTest
    @CsvSource({
        "apps/v1, Deployment, spec/template",
        "apps/v1, StatefulSet, spec/template",
        "apps/v1, DaemonSet, spec/template",
        "apps/v1, ReplicaSet, spec/template",
        "v1, ReplicationController, spec/template",
        "batch/v1, Job, spec/template",
        "batch/v1, CronJob, spec/jobTemplate/spec/template",
        "v1, PodTemplate, template",
    })
    void findsThePodInEachKind(String version, String kind, String place) throws IOException {
        StringBuilder manifest =
                new StringBuilder("apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: x}\n");
        int indent = 0;
        for (String key : place.split("/", -1)) {
            manifest.append(" ".repeat(indent)).append(key).append(":\n");
            indent += 2;
        }
        manifest.append(TEMPLATE.indent(indent));

        JsonNode injected = Yaml.parse(inject(manifest.toString()).text());

        assertEquals(
                "outrigger-init",
                injected.findValue("initContainers").path(0).path("name").asText());
        assertEquals("x", injected.path("metadata").path("name").asText());
    }

    @Test
    void leavesDocumentsWithoutAPodByteForByte() {
        String manifests = "# a comment\napiVersion: v1\nkind: Service # another\nmetadata: {name: x}\n---\n"
                + "apiVersion: example/v1\nkind: Deployment\nspec:\n  text: |\n    ---\n    no document\n";

        assertEquals(manifests, inject(manifests).text());
    }

    @Test
    void keepsTheOrderOfDocuments() throws IOException {
        String pod = "apiVersion: v1\nkind: Pod\n" + TEMPLATE;
        String service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: x}\n";

        List<JsonNode> documents =
                Yaml.documents(inject(service + "---\n" + pod + service).text());

        assertEquals(
                List.of("Service", "Pod", "Service"),
                documents.stream()
                        .map(document -> document.path("kind").asText())
                        .toList());
    }

    @Test
    void looksIntoLists() throws IOException {
        String list = "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n" + TEMPLATE.indent(4)
                + "  - apiVersion: v1\n    kind: Service\n";

        JsonNode injected = Yaml.parse(inject(list).text());

        assertEquals(2, injected.at("/items/0/spec/initContainers").size());
    }

    @Test
    void readsJson() throws IOException {
        String json =
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"containers\":[]}}";

        assertEquals(
                2, Yaml.parse(inject(json).text()).at("/spec/initContainers").size());
    }

    @Test
    void namesTheObjectThatIsRefused() {
        String pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x, annotations: {outrigger.dev/scrape: maybe}}\n"
                + "spec: {containers: []}\n";

        assertEquals(
                List.of("Pod x: annotation outrigger.dev/scrape: \"maybe\", expected true or false"),
                inject(pod).problems());
    }

    @Test
    void saysWhichDocumentIsNoYaml() {
        String problem = inject("kind: Service\n---\nkind: [\n").problems().get(0);

        assertTrue(problem.startsWith("document 2: "), problem);
    }

    @Test
    void injectsTwiceAsOnce() {
        String once = inject("apiVersion: v1\nkind: Pod\n" + TEMPLATE).text();

        assertEquals(once, inject(once).text());
    }

    private static ManifestInjector.Result inject(String manifests) {
        try {
            return new ManifestInjector(new PodInjector(SettingsFile.defaults())).inject(manifests);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
