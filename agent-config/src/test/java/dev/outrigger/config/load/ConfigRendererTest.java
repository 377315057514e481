package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.outrigger.config.model.ProxyConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigRendererTest {
    private static final Set<String> SECRETS = Set.of(
            "outrigger.admin.token", "outrigger.telemetry.prometheus.token", "outrigger.telemetry.tracing.headers");

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @ParameterizedTest
    @ValueSource(strings = {"contract/reverse.conf", "load/everything.conf"})
    void whatIsRenderedLoadsAsTheSameConfiguration(String file) {
        ProxyConfig config = Loads.config(loader.load(Path.of("src/test/resources", file)));

        assertEquals(config, Loads.config(loader.loadString("rendered", ConfigRenderer.formatted(config))));
        assertEquals(config, Loads.config(loader.loadString("rendered", ConfigRenderer.concise(config))));
    }

    @Test
    void defaultsAreShownInTheUnitsOfTheFile() {
        String text = ConfigRenderer.concise(Loads.config(loader.loadString("test.conf", Loads.COMPLETE)));

        assertTrue(text.contains("\"pool\":{\"connect-timeout\":\"1s\",\"idle-timeout\":\"4s\","), text);
        assertTrue(text.contains("\"max-header-bytes\":\"60KiB\""), text);
        assertTrue(text.contains("\"refusal\":\"json-rpc\""), text);
        assertTrue(text.contains("\"session-affinity\":\"mcp-session\""), text);
        assertTrue(text.contains("\"sample\":\"100%\""), text);
        assertEquals(1, text.lines().count());
    }

    @Test
    void everyKeyIsShown() {
        Findings findings = new Findings();
        String text =
                ConfigRenderer.formatted(Loads.config(loader.load(Path.of("src/test/resources/load/everything.conf"))));
        ConfigLoader.load("rendered", ConfigFactory.parseString(text).root(), findings);

        TreeSet<String> inherited = new TreeSet<>(findings.defaultsRead());
        inherited.removeIf(path -> SECRETS.contains(path) || isShown(text, path));
        assertEquals(new TreeSet<>(), inherited);
    }

    private static boolean isShown(String text, String path) {
        return text.contains('"' + path.substring(path.lastIndexOf('.') + 1) + "\" :");
    }
}
