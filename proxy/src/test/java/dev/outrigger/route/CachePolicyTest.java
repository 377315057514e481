package dev.outrigger.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.testing.Configs;
import dev.outrigger.time.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CachePolicyTest {
    private static Route route(String hocon) {
        return new RouteTable(
                        Configs.of("app", "upstreams.app.endpoints = [\"h:1\"]\n" + hocon)
                                .routes(),
                        new Limiters(Runnable::run, NanoClock.SYSTEM))
                .routes()
                .get(0);
    }

    private static long seconds(CachePolicy policy, String method, String params) {
        McpScanner scanner = new McpScanner();
        byte[] json =
                ("{\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}").getBytes(StandardCharsets.UTF_8);
        scanner.feed(json, 0, json.length);
        scanner.end();
        McpFacts facts = scanner.facts();
        return TimeUnit.NANOSECONDS.toSeconds(policy.ttlNanos(facts));
    }

    private static long ofTool(CachePolicy policy, String tool) {
        return seconds(policy, "tools/call", "{\"name\":\"" + tool + "\"}");
    }

    @Test
    void aRouteKeepsNothingUnlessItSaysSo() {
        assertNull(route("").cache());
    }

    @Test
    void onlyWhatIsNamedIsKept() {
        CachePolicy policy = route(
                        "defaults.route.cache { ttl = 60s, tools = [\"get_*\", read], methods = [tools/list, resources/read] }")
                .cache();
        assertNotNull(policy);
        assertEquals(60, ofTool(policy, "get_weather"));
        assertEquals(60, ofTool(policy, "read"));
        assertEquals(0, ofTool(policy, "reader"));
        assertEquals(0, ofTool(policy, "set_weather"));
        assertEquals(0, ofTool(policy, ""));
        assertEquals(60, seconds(policy, "tools/list", "{}"));
        assertEquals(60, seconds(policy, "resources/read", "{\"uri\":\"a\"}"));
        assertEquals(0, seconds(policy, "resources/list", "{}"));
        assertEquals(0, seconds(policy, "prompts/get", "{\"name\":\"get_weather\"}"));
        assertEquals(0, seconds(policy, "nobody/knows", "{}"));
    }

    @Test
    void whatIsSaidOfAToolGoesBeforeTheList() {
        CachePolicy policy = route("""
                        defaults.route {
                          cache { ttl = 60s, tools = ["get_*"] }
                          tools { "get_time" { cache.ttl = 1s }, "get_secret*" { cache.ttl = 0s }, read { cache.ttl = 5s } }
                          tools { "get_slow" { timeout = 3s } }
                        }
                        """).cache();
        assertNotNull(policy);
        assertEquals(1, ofTool(policy, "get_time"));
        assertEquals(0, ofTool(policy, "get_secrets"));
        assertEquals(5, ofTool(policy, "read"));
        assertEquals(60, ofTool(policy, "get_slow"));
    }

    @Test
    void aListThatIsChangedOnItsWayIsNotKept() {
        String cache =
                "defaults.route { hide-denied = true, cache { ttl = 60s, methods = [tools/list, resources/list] } }\n";
        CachePolicy changed =
                route(cache + "defaults.route.tools { a { allow = false } }").cache();
        CachePolicy unchanged = route(cache).cache();
        assertNotNull(changed);
        assertNotNull(unchanged);
        assertEquals(0, seconds(changed, "tools/list", "{}"));
        assertEquals(60, seconds(changed, "resources/list", "{}"));
        assertEquals(60, seconds(unchanged, "tools/list", "{}"));
    }

    @Test
    void nothingLargerThanTheWholeIsKept() {
        CachePolicy policy = route("defaults.route.cache { ttl = 60s, tools = [a], max-bytes = 4KiB }")
                .cache();
        assertNotNull(policy);
        assertEquals(4096, policy.maxEntryBytes());
    }
}
