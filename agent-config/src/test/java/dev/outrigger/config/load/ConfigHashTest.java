package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigHashTest {
    private static final String OTHER_SPELLING = """
            # the same
            outrigger.routes = [{ match { path-prefix = "/" }, upstream = app, timeout = 15000 ms }]
            outrigger.upstreams { app { endpoints = [{ address = "127.0.0.1:18081" }] } }
            outrigger.listeners.inbound { bind = "127.0.0.1:18080" }
            """;

    private final ConfigLoader loader = new ConfigLoader(Map.of());

    @Test
    void theSameConfigurationHasTheSameHashHoweverItIsWritten() {
        assertEquals(hash(Loads.COMPLETE), hash(OTHER_SPELLING));
    }

    @Test
    void anotherValueGivesAnotherHash() {
        ConfigHash before = hash(Loads.COMPLETE);
        ConfigHash after = hash(Loads.COMPLETE.replace("18081", "18082"));

        assertNotEquals(before, after);
        assertNotEquals(before.number(), after.number());
    }

    @Test
    void theNumberIsTheBeginningOfTheHashAndExactAsADouble() {
        ConfigHash hash = hash(Loads.COMPLETE);

        assertTrue(hash.toString().matches("[0-9a-f]{64}"), hash::toString);
        assertEquals(hash.toString().substring(0, 12), String.format("%012x", hash.number()));
        assertEquals(hash.number(), (long) (double) hash.number());
        assertEquals(0xffff_ffff_ffffL, new ConfigHash("f".repeat(64)).number());
    }

    private ConfigHash hash(String hocon) {
        return ConfigHash.of(Loads.config(loader.loadString("test.conf", hocon)));
    }
}
