package dev.outrigger.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.config.model.RouteConfig;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.time.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    @ParameterizedTest
    @ValueSource(strings = {"/mcp", "/mcp/", "/mcp/x", "/mcp?x=1"})
    void aPrefixCoversItsSegment(String target) {
        assertNotNull(table("/mcp").match(target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/mcpx", "/mc", "/", "*", "/MCP"})
    void aPrefixDoesNotCoverAnotherSegment(String target) {
        assertNull(table("/mcp").match(target));
    }

    @Test
    void theRootCoversEveryPath() {
        assertNotNull(table("/").match("/anything?x"));
    }

    @Test
    void theLongestPrefixWinsWhereverItStands() {
        for (RouteTable table : List.of(table("/a/b", "/a", "/"), table("/", "/a", "/a/b"))) {
            Route match = table.match("/a/b/c");
            assertNotNull(match);
            assertEquals("/a/b", match.name());
            Route shorter = table.match("/a/c");
            assertNotNull(shorter);
            assertEquals("/a", shorter.name());
        }
    }

    private static RouteTable table(String... prefixes) {
        return new RouteTable(
                List.of(prefixes).stream()
                        .map(prefix -> new RouteConfig(
                                prefix,
                                prefix,
                                "app",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                Optional.empty()))
                        .toList(),
                new Limiters(Runnable::run, NanoClock.SYSTEM));
    }
}
