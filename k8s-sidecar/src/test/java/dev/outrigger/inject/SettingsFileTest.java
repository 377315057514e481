package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
    @TempDir
    private Path directory;

    @Test
    void changesOnlyWhatItNames() throws IOException {
        InjectorSettings settings = read("image: a:1\ninterception: {mode: tproxy, excludeOutboundPorts: ['5432']}\n");

        assertEquals("a:1", settings.image());
        assertEquals(Interception.Mode.TPROXY, settings.interception().mode());
        assertEquals(List.of("5432"), settings.interception().excludeOutboundPorts());
        assertEquals(List.of("*"), settings.interception().includeInboundPorts());
        assertEquals(SettingsFile.defaults().resources(), settings.resources());
    }

    @Test
    void takesResourcesAsAWhole() throws IOException {
        assertEquals(
                "{\"limits\":{\"cpu\":\"1\"}}",
                read("resources: {limits: {cpu: '1'}}").resources().toString());
    }

    @Test
    void mayBeEmpty() throws IOException {
        assertEquals(SettingsFile.defaults(), read("# nothing\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "imag: x | imag",
                "interception: {port: 1} | port",
                "sidecar: modern | modern",
                "scrape: maybe | maybe",
                "image: null | image",
                "image: ' ' | image is empty",
                "interception: {includeInboundPorts: [http]} | includeInboundPorts: [http], expected ports",
                "interception: {includeInboundPorts: []} | includeInboundPorts: [], expected ports",
                "interception: {includeOutboundPorts: ['*', '80']} | includeOutboundPorts: [*, 80], expected ports",
                "interception: {excludeInboundPorts: ['*']} | excludeInboundPorts: [*], expected ports",
                "interception: {excludeOutboundPorts: [null]} | excludeOutboundPorts: [null], expected ports",
                "interception: {includeOutboundCidrs: [localhost/8]} | includeOutboundCidrs: [localhost/8], expected",
                "interception: {excludeOutboundCidrs: [10.1.0.0/8]} | excludeOutboundCidrs: [10.1.0.0/8], expected",
                "heap: 128 | heap: \"128\", expected a size",
                "heap: 256m | resources.limits.memory: 320Mi for a heap of 256m, expected 448Mi or more",
                "resources: {limits: {memory: 320m}} | resources.limits.memory: \"320m\", expected a quantity",
                "resources: {limitz: {cpu: 1}} | resources.limitz: {\"cpu\":1}, expected requests and limits",
                "initResources: {limits: null} | initResources.limits: null, expected requests and limits",
                "initResources: {limits: {cpu: 1}, requests: {cpu: 2}} | initResources.requests.cpu: more than the limit",
                "imagePullPolicy: Sometimes | imagePullPolicy: \"Sometimes\"",
                "imagePullSecrets: [a b] | \"a b\", expected the name",
                "configMap: Bad_Name | \"Bad_Name\", expected the name",
                "[1] | expected keys and values",
                "a: [ | line",
                "'{image: a, image: b}' | Duplicate",
            })
    void namesTheFileAndTheKey(String text, String expected) {
        String message = assertThrows(IOException.class, () -> read(text)).getMessage();

        assertTrue(message.contains("settings.yaml: ") && message.contains(expected), message);
    }

    @ParameterizedTest
    @CsvSource({"1.28,CLASSIC", "v1.29.1,NATIVE", "1.31+,NATIVE", "1.30.2-gke.1,NATIVE", "2.0,NATIVE", "v1.9.11,CLASSIC"
    })
    void knowsWhatAClusterCanDo(String version, SidecarKind kind) {
        assertEquals(kind, SidecarKind.of(version).orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"latest", "1", "''", "1.x"})
    void knowsNoOtherVersions(String version) {
        assertTrue(SidecarKind.of(version).isEmpty());
    }

    private InjectorSettings read(String text) throws IOException {
        return SettingsFile.read(Files.writeString(directory.resolve("settings.yaml"), text));
    }
}
