package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {containers: [null]} | spec.containers is [null], expected a list of objects",
                "spec: {initContainers: {a: {}}} | spec.initContainers is {\"a\":{}}, expected a list of objects",
                "spec: {volumes: x} | spec.volumes is \"x\", expected a list of objects",
                "spec: 1 | spec is 1, expected keys and values",
                "metadata: {annotations: [x]} | metadata.annotations is [\"x\"], expected keys and values",
            })
    void refusesWhatIsNoPod(String line, String expected) {
        assertEquals(
                List.of("Pod outrigger: " + expected),
                inject("apiVersion: v1\nkind: Pod\n" + line + "\n").problems());
    }

    @Test
    void injectsWhereNullStandsForNothing() {
        String pod = "apiVersion: v1\nkind: Pod\nmetadata: {annotations: null, labels: null}\n"
                + "spec: {initContainers: null, containers: [], volumes: null}\n";

        assertEquals(List.of(), inject(pod).problems());
    }

    @Test
    void saysWhichDocumentIsNoYaml() {
        String problem = inject("kind: Service\n---\nkind: [\n").problems().get(0);

        assertTrue(problem.startsWith("document 2: "), problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0o14",
                "0777",
                "1_000",
                "12:30",
                "1e3",
                "+1",
                ".5",
                ".inf",
                "~",
                "yes",
                "No",
                "on",
                "y",
                "null",
                "=",
                "2001-01-01",
                "-",
                "",
                "0x1F",
                "*a",
                "&a",
                "a: b",
                "a #b"
            })
    void keepsStringsThatLookLikeSomethingElse(String value) throws IOException {
        String pod = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {x: \"" + value + "\", \"" + value + "\": x}}\n"
                + "spec: {containers: []}\n";

        Map<String, Object> injected =
                new org.yaml.snakeyaml.Yaml().load(inject(pod).text());

        Map<?, ?> labels = (Map<?, ?>) ((Map<?, ?>) injected.get("metadata")).get("labels");
        assertEquals(value, labels.get("x"));
        assertEquals("x", labels.get(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image: *i | line 7 has the alias *i",
                "<<: *c | line 7 has the merge key <<",
            })
    void refusesReferencesInsteadOfWritingThemWrong(String line, String expected) {
        String pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: &i x}\nspec:\n  containers:\n    - &c {name: app}\n"
                + "    - {name: other, " + line + "}\n";

        List<String> problems = inject(pod).problems();

        assertEquals(
                List.of("document 1: " + expected + ", expected what it stands for, as yq 'explode(.)' writes it"),
                problems);
    }

    @Test
    void leavesReferencesOfDocumentsWithoutAPod() {
        String service = "apiVersion: v1\nkind: Service\nmetadata: {name: &n x, labels: {app: *n}}\n";

        assertEquals(service, inject(service).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind: Pod\nkind: Pod\n", "kind: Pod\n...\nkind: Pod\n"})
    void refusesWhatItWouldLose(String document) {
        assertEquals(1, inject(document).problems().size());
    }

    @Test
    void saysThatAnAnnotationStandsInTheWrongPlace() {
        String deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n  annotations:"
                + " {outrigger.dev/inject: 'false'}\nspec:\n  template:\n" + TEMPLATE.indent(4);

        assertEquals(
                List.of("Deployment x: outrigger.dev/inject in its own annotations means nothing, expected in those of"
                        + " spec.template"),
                inject(deployment).notes());
    }

    @Test
    void saysWhichPodsItDoesNotKnow() {
        String rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: x}\nspec:\n  template:\n"
                + TEMPLATE.indent(4);

        ManifestInjector.Result result = inject(rollout);

        assertEquals(rollout, result.text());
        assertEquals(
                List.of("Rollout x left as it is: nobody knows here that argoproj.io/v1alpha1 Rollout holds a pod; the"
                        + " webhook sees its pods as they are made"),
                result.notes());
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
