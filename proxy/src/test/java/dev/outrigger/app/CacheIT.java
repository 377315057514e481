package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are kept and given again: what a client sees of it, and what the server does not. */
class CacheIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String CACHE = "cache { ttl = 5m, tools = [\"get_*\"], methods = [tools/list] }";

    private McpUpstream upstream;

    /** What the server has to say to the next request. */
    private volatile String result = "{\"content\":[{\"type\":\"text\",\"text\":\"sunny\"}]}";

    private volatile McpUpstream.Behaviour behaviour = request -> request.result(result);

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(request -> behaviour.answer(request));
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private int asked() {
        return upstream.seen().size();
    }

    private static String call(String id, String tool, String arguments) {
        return Rpc.request(id, "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}");
    }

    @Test
    void theSameQuestionIsAskedOnceAndEachAskerGetsItsOwnId() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller first = new McpCaller(sidecar);
                McpCaller second = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", result),
                    first.post(call("1", "get_weather", "{\"city\":\"Bern\"}")).text());
            for (String id : List.of("2", "\"1\"", "-12345678901234567890", "\"\\u00e4\\\"\"")) {
                WireMessage hit = second.post(call(id, "get_weather", "{\"city\":\"Bern\"}"));
                assertEquals(200, hit.status());
                assertEquals("application/json", hit.header("content-type"));
                assertTrue(Integer.parseInt(hit.header("age")) >= 0);
                assertEquals(32, hit.header("x-request-id").length());
                assertEquals(Rpc.result(id, result), hit.text());
            }
            assertEquals(1, asked());
            assertEquals(4, sidecar.metric("mcp_cache_hits_total"));
            assertEquals(1, sidecar.metric("mcp_cache_misses_total"));
            assertEquals(1, sidecar.metric("mcp_cache_entries"));
            assertTrue(sidecar.metric("mcp_cache_bytes") > result.length());
            assertEquals(
                    5, sidecar.metric("mcp_tool_execution_total", "tool_name=\"get_weather\"", "status=\"success\""));
        }
    }

    @Test
    void anAnswerInEventsIsKeptAsWell() throws Exception {
        behaviour = request -> {
            McpUpstream.Stream stream = request.stream();
            stream.raw("id: 1\ndata:\n\n");
            stream.event(Rpc.notification("notifications/message", "{\"level\":\"info\",\"data\":\"at work\"}"));
            stream.raw("event: message\r\nid: 2\r\ndata: {\"jsonrpc\":\"2.0\",\"result\":\r\ndata: " + result
                    + "  ,\r\ndata: \"id\":" + request.id() + "}\r\n\r\n");
            stream.end();
        };
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    "text/event-stream",
                    drained(client.postModern(Rpc.modernCall("1", "get_weather")))
                            .header("content-type"));
            WireMessage hit = client.postModern(Rpc.modernCall("\"two\"", "get_weather"));
            assertEquals("application/json", hit.header("content-type"));
            assertEquals(Rpc.result("\"two\"", result), hit.text());
            assertEquals(1, asked());
        }
    }

    private static WireMessage drained(WireMessage message) throws IOException {
        message.text();
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"1\"", "null"})
    void anAnswerWithTheIdOfAnotherQuestionIsNotKept(String id) throws Exception {
        behaviour = request -> request.json(Rpc.result(id, result));
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result(id, result),
                    client.post(call("1", "get_weather", "{}")).text());
            assertEquals(
                    Rpc.result(id, result),
                    client.post(call("1", "get_weather", "{}")).text());
            assertEquals(2, asked());
        }
    }

    @Test
    void whatIsAskedTellsQuestionsApartAndHowItIsWrittenDoesNot() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            client.post(call("1", "get_weather", "{\"city\":\"Bern\"}")).text();
            client.post(call("2", "get_weather", "{\"city\":\"Berlin\"}")).text();
            client.post(call("3", "get_time", "{\"city\":\"Bern\"}")).text();
            client.post(call("4", "get_weather", "{\"city\":\"Bern\",\"days\":1}"))
                    .text();
            client.post(Rpc.request("5", "tools/list", "")).text();
            client.post(Rpc.request("6", "tools/list", "{\"cursor\":\"p2\"}")).text();
            assertEquals(6, asked());
            client.post(
                            "{ \"id\" : 7, \"method\" : \"tools/call\" ,\"params\" : { \"name\" : \"get_weather\",\n\t\"arguments\" :"
                                    + " { \"city\" : \"Bern\" }, \"_meta\": {\"progressToken\": 9, \"vendor/call\": \"x\"} } , \"jsonrpc\":"
                                    + " \"2.0\" }")
                    .text();
            client.post(Rpc.request("8", "tools/list", "")).text();
            assertEquals(6, asked());
        }
    }

    @Test
    void anotherTargetHostOrVersionIsAnotherQuestion() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar);
                McpCaller elsewhere = new McpCaller(sidecar).at("/mcp/b");
                McpCaller newer = new McpCaller(sidecar).with("MCP-Protocol-Version", "2025-11-25")) {
            for (int i = 0; i < 2; i++) {
                client.post(Rpc.call("1", "get_weather")).text();
                elsewhere.post(Rpc.call("2", "get_weather")).text();
                newer.post(Rpc.call("3", "get_weather")).text();
                client.postModern(Rpc.modernCall("4", "get_weather")).text();
            }
            assertEquals(4, asked());
        }
    }

    @Test
    void whoShowsOtherCredentialsGetsAnAnswerOfTheirOwn() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller anonymous = new McpCaller(sidecar);
                McpCaller alice = new McpCaller(sidecar).with("Authorization", McpCaller.bearer("alice", 1));
                McpCaller forged = new McpCaller(sidecar).with("Authorization", McpCaller.bearer("alice", 2));
                McpCaller cookie = new McpCaller(sidecar).with("Cookie", "sid=1");
                McpCaller key = new McpCaller(sidecar).with("X-API-Key", "k")) {
            for (McpCaller client : List.of(anonymous, alice, forged, cookie, key)) {
                int before = asked();
                client.post(Rpc.call("1", "get_weather")).text();
                assertEquals(before + 1, asked(), "a token that says the same is not the same token");
                client.post(Rpc.call("2", "get_weather")).text();
                assertEquals(before + 1, asked());
            }
        }
    }

    @Test
    void whatTheServerCallsPublicIsForEverybody() throws Exception {
        result = "{\"tools\":[],\"ttlMs\":60000,\"cacheScope\":\"public\"}";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller alice = new McpCaller(sidecar).with("Authorization", "Bearer alice");
                McpCaller bob = new McpCaller(sidecar).with("Authorization", "Bearer bob")) {
            alice.post(Rpc.request("1", "tools/list", "")).text();
            assertEquals(
                    Rpc.result("2", result),
                    bob.post(Rpc.request("2", "tools/list", "")).text());
            assertEquals(1, asked());
        }
    }

    @Test
    void aSharedCacheKeepsApartWhatTheServerCallsPrivate() throws Exception {
        String shared = "cache { ttl = 5m, tools = [\"get_*\"], scope = shared, vary = [accept-language] }";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), shared);
                McpCaller alice = new McpCaller(sidecar).with("Authorization", "Bearer alice");
                McpCaller bob = new McpCaller(sidecar).with("Authorization", "Bearer bob");
                McpCaller german = new McpCaller(sidecar).with("Accept-Language", "de")) {
            alice.post(Rpc.call("1", "get_weather")).text();
            bob.post(Rpc.call("2", "get_weather")).text();
            assertEquals(1, asked());
            german.post(Rpc.call("3", "get_weather")).text();
            assertEquals(2, asked(), "its language tells it apart");
            result = "{\"content\":[],\"cacheScope\":\"private\"}";
            alice.post(Rpc.call("4", "get_mine")).text();
            bob.post(Rpc.call("5", "get_mine")).text();
            assertEquals(4, asked());
            alice.post(Rpc.call("6", "get_mine")).text();
            assertEquals(4, asked());
        }
    }

    @Test
    void aSessionCanBeWhatTellsApart() throws Exception {
        String bySession = "cache { ttl = 5m, tools = [\"get_*\"], scope = session }";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), bySession);
                McpCaller one = new McpCaller(sidecar).session("s-1");
                McpCaller other = new McpCaller(sidecar).session("s-2")) {
            for (int i = 0; i < 2; i++) {
                one.post(Rpc.call("1", "get_weather")).text();
                other.post(Rpc.call("2", "get_weather")).text();
            }
            assertEquals(2, asked());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"content\":[],\"isError\":true}",
                "{\"resultType\":\"input_required\",\"inputRequests\":{},\"requestState\":\"s\"}",
                "{\"resultType\":\"task\",\"taskId\":\"t\"}",
                "{\"task\":{\"taskId\":\"t\",\"status\":\"working\"}}",
                "{\"resultType\":\"from-the-future\"}",
                "{\"content\":[],\"ttlMs\":0}",
                "{\"content\":[],\"ttlMs\":-5}",
                "{\"content\":[],\"ttlMs\":\"soon\"}"
            })
    void aResultThatIsNotTheWholeTruthIsNotKept(String answer) throws Exception {
        result = answer;
        expectAskedEachTime(Rpc.call("1", "get_weather"));
    }

    @Test
    void anErrorIsNotKept() throws Exception {
        behaviour = request -> request.json(Rpc.error(request.id(), -32602));
        expectAskedEachTime(Rpc.call("1", "get_weather"));
        behaviour = request -> request.respond(500, "application/json", Rpc.result(request.id(), "{}"));
        expectAskedEachTime(Rpc.call("1", "get_weather"));
        behaviour = request -> request.json(Rpc.result(request.id(), "{}"), "Content-Encoding: odd");
        expectAskedEachTime(Rpc.call("1", "get_weather"));
    }

    @Test
    void anAnswerForWhichTheServerAskedBackIsNotKept() throws Exception {
        behaviour = request -> request.stream()
                .event(Rpc.request("9", "elicitation/create", "{}"))
                .event(Rpc.result(request.id(), "{}"))
                .end();
        expectAskedEachTime(Rpc.call("1", "get_weather"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"get_weather\",\"arguments\":{},\"inputResponses\":{}}",
                "{\"name\":\"get_weather\",\"arguments\":{},\"requestState\":\"s\"}",
                "{\"name\":\"set_weather\",\"arguments\":{}}",
                "{\"name\":\"get_weather\",\"name\":\"get_time\",\"arguments\":{}}"
            })
    void aRequestThatIsNoPlainQuestionIsAlwaysAsked(String params) throws Exception {
        expectAskedEachTime(Rpc.request("1", "tools/call", params));
    }

    @Test
    void otherMethodsThanTheNamedOnesAreAlwaysAsked() throws Exception {
        expectAskedEachTime(Rpc.request("1", "resources/list", ""));
        expectAskedEachTime("[" + Rpc.call("1", "get_weather") + "]");
        expectAskedEachTime(call("1", "get_weather", "{\"blob\":\"" + "x".repeat(64 * 1024) + "\"}"));
    }

    @Test
    void whatIsTooLargeIsNotKept() throws Exception {
        result = "{\"content\":[{\"type\":\"text\",\"text\":\"" + "x".repeat(5000) + "\"}]}";
        expectAskedEachTime("cache { ttl = 5m, tools = [\"get_*\"], max-entry = 4KiB }", Rpc.call("1", "get_weather"));
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), "cache { ttl = 5m, tools = [\"get_*\"], max-entry = 6KiB }");
                McpCaller client = new McpCaller(sidecar)) {
            int before = asked();
            client.post(Rpc.call("1", "get_weather")).text();
            assertEquals(
                    Rpc.result("2", result),
                    client.post(Rpc.call("2", "get_weather")).text());
            assertEquals(before + 1, asked());
        }
    }

    private void expectAskedEachTime(String request) throws Exception {
        expectAskedEachTime(CACHE, request);
    }

    private void expectAskedEachTime(String cache, String request) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), cache);
                McpCaller client = new McpCaller(sidecar)) {
            int before = asked();
            for (int i = 0; i < 3; i++) {
                client.post(request).text();
            }
            assertEquals(before + 3, asked(), request);
            assertEquals(0, sidecar.metric("mcp_cache_entries"));
        }
    }

    @Test
    void aBrowsersRequestAndContradictingHeadersAreAlwaysAsked() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller browser = new McpCaller(sidecar).with("Origin", "https://page.example");
                McpCaller liar = new McpCaller(sidecar)
                        .with("MCP-Protocol-Version", Rpc.MODERN)
                        .with("Mcp-Method", "tools/call")
                        .with("Mcp-Name", "get_secret")) {
            for (int i = 0; i < 2; i++) {
                browser.post(Rpc.call("1", "get_weather")).text();
                liar.post(Rpc.modernCall("1", "get_weather")).text();
            }
            assertEquals(4, asked());
        }
    }

    @Test
    void aToolMayHaveATimeOfItsOwn() throws Exception {
        String cache = CACHE + ", tools { \"get_now\" { cache.ttl = 0s }, \"read\" { cache.ttl = 1m } }";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), cache);
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 2; i++) {
                client.post(Rpc.call("1", "get_now")).text();
                client.post(Rpc.call("2", "read")).text();
            }
            assertEquals(
                    2,
                    upstream.seen().stream()
                            .filter(seen -> seen.name().equals("get_now"))
                            .count());
            assertEquals(
                    1,
                    upstream.seen().stream()
                            .filter(seen -> seen.name().equals("read"))
                            .count());
        }
    }

    @Test
    void anAnswerIsKeptNoLongerThanItSays() throws Exception {
        result = "{\"content\":[],\"ttlMs\":1}";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "get_weather")).text();
            Await.until("its time is over", DEADLINE, () -> {
                ask(client);
                return asked() > 1;
            });
        }
    }

    private static void ask(McpCaller client) {
        try {
            client.post(Rpc.call("1", "get_weather")).text();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRequestWhoseEndComesLateIsWaitedFor() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                RawClient client = new RawClient(sidecar.inbound())) {
            String head = "POST /mcp HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nAccept: application/json,"
                    + " text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
            String body = Rpc.call("1", "get_weather");
            for (int i = 0; i < 2; i++) {
                client.send(head + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n");
                client.send("0\r\n\r\n");
                assertEquals(
                        Rpc.result("1", result), WireMessage.read(client.in()).text());
            }
            assertEquals(1, asked());
        }
    }

    @Test
    void theOperatorSeesAndDropsWhatIsKept() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            for (String tool : List.of("get_a", "get_a", "get_a", "get_b")) {
                client.post(Rpc.call("1", tool)).text();
            }
            Config cache = ConfigFactory.parseString(sidecar.admin("/cache").body())
                    .getConfigList("caches")
                    .get(0);
            assertEquals("all", cache.getString("route"));
            assertEquals(2, cache.getInt("entries"));
            assertEquals(0.5, cache.getDouble("hit_rate"));
            assertEquals(2, cache.getInt("hits"));
            assertEquals(2, cache.getInt("misses"));
            assertEquals(32 << 20, cache.getInt("max_bytes"));
            Config health =
                    ConfigFactory.parseString(sidecar.status("/health/mcp").body());
            assertEquals(0.5, health.getDouble("cache_stats.hit_rate"));
            assertEquals(2, health.getInt("cache_stats.entries"));

            assertEquals(
                    "{\"dropped\":0}\n",
                    sidecar.adminDelete("/cache?upstream=other").body());
            assertEquals(
                    "{\"dropped\":0}\n", sidecar.adminDelete("/cache?tool=").body());
            assertEquals(
                    "{\"dropped\":1}\n",
                    sidecar.adminDelete("/cache?upstream=app&tool=get_a").body());
            client.post(Rpc.call("1", "get_b")).text();
            assertEquals(2, asked());
            client.post(Rpc.call("1", "get_a")).text();
            assertEquals(3, asked());
            assertEquals("{\"dropped\":2}\n", sidecar.adminDelete("/cache").body());
            client.post(Rpc.call("1", "get_b")).text();
            assertEquals(4, asked());
            assertEquals(3, sidecar.metric("outrigger_cache_invalidations_total"));
        }
    }

    @Test
    void theAccessLogTellsHitsFromMisses() throws Exception {
        Path log = directory.resolve("access.log");
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(
                        upstream.port(), CACHE, "telemetry.access-log.path = \"" + log + "\"");
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "get_weather")).text();
            client.post(Rpc.call("2", "get_weather")).text();
            client.post(Rpc.call("3", "set_weather")).text();
        }
        List<String> lines = Files.readAllLines(log);
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).contains("\"attempts\":1,\"cache\":\"miss\""), lines.get(0));
        assertTrue(lines.get(1).contains("\"attempts\":0,\"cache\":\"hit\""), lines.get(1));
        assertTrue(!lines.get(2).contains("\"cache\""), lines.get(2));
    }

    @Test
    void theRequestReachesTheServerAsItWasSent() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            String body = call("1", "get_weather", "{ \"big\" : 123456789012345678901234567890 , \"a\":\"\\u0041\" }");
            client.post(body).text();
            Seen seen = upstream.first("tools/call");
            assertEquals(body, seen.body());
        }
    }
}
