package dev.outrigger.inject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.inject.Injection.Injected;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written into pods is what a sidecar reads. */
class SidecarConfigTest {
    private static final Path SHAPES = Path.of("src/test/resources/pods");
    private static final String LISTENERS =
            "outrigger { listeners.in.bind = \"127.0.0.1:1\", upstreams.a.endpoints = [\"h:1\"],"
                    + " routes = [{ upstream = a }] }";

    @TempDir
    private Path directory;

    static List<String> shapes() throws IOException {
        return PodShapesTest.shapes();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void isAConfigurationThatTheSidecarTakes(String shape) throws IOException {
        ObjectNode pod = Yaml.read(SHAPES.resolve(shape + ".yaml"));
        if (new PodInjector(SettingsFile.defaults()).inject(pod, shape) instanceof Injected injected) {
            String text = config(injected.pod());
            Files.writeString(directory.resolve("configmap.conf"), text.contains("transparent") ? "" : LISTENERS);

            load(text);
        }
    }

    @Test
    void saysWhatFollowsFromThePod() throws IOException {
        ProxyConfig config = load(config("https-probe-with-headers"));

        assertEquals("https-probe-with-headers", config.serviceName());
        assertEquals(new HostPort("0.0.0.0", 9465), config.status().bind());
        assertEquals(
                Map.of("app/livez", URI.create("https://127.0.0.1:8080/live")),
                config.status().appProbes());
        assertEquals(Duration.ofSeconds(25), config.lifecycle().drainTimeout());
        assertEquals(
                List.of(new HostPort("0.0.0.0", 15006), new HostPort("0.0.0.0", 15001)),
                config.listeners().stream().map(listener -> listener.bind()).toList());
    }

    @Test
    void hasTheScraperFindTheApplicationsMetrics() throws IOException {
        assertEquals(
                "http://127.0.0.1:9102/stats/prometheus",
                load(config("scraped-already")).telemetry().prometheus().merge());
    }

    @Test
    void givesWayToTheConfigMap() throws IOException {
        Files.writeString(directory.resolve("configmap.conf"), "outrigger.lifecycle.drain-timeout = 3s");

        assertEquals(Duration.ofSeconds(3), load(config("plain")).lifecycle().drainTimeout());
    }

    private static String config(String shape) throws IOException {
        ObjectNode pod = Yaml.read(SHAPES.resolve(shape + ".yaml"));
        return config(assertInstanceOf(Injected.class, new PodInjector(SettingsFile.defaults()).inject(pod, shape))
                .pod());
    }

    private static String config(ObjectNode pod) {
        return pod.path("metadata")
                .path("annotations")
                .path(Annotation.SIDECAR_CONFIG.key())
                .asText();
    }

    private ProxyConfig load(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("outrigger.conf"), text);
        LoadResult result = new ConfigLoader(Map.of()).load(file);
        return assertInstanceOf(Loaded.class, result, () -> result + "\n" + text)
                .config();
    }
}
