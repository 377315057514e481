package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server says of changes, what an operator does, and what is left when the server is gone. */
class CacheInvalidationIT {
    private static final String CACHE =
            "cache { ttl = 5m, tools = [\"get_*\"], methods = [tools/list, resources/read, resources/list] }";
    private static final String CHANGED = "notifications/tools/list_changed";

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(request -> {
            if (request.httpMethod().equals("GET")) {
                Stream stream = request.stream();
                streams.add(stream);
                stream.awaitClosed();
            } else if (request.name().equals("get_and_change")) {
                request.stream()
                        .event(Rpc.notification(CHANGED, ""))
                        .event(Rpc.result(request.id(), "{}"))
                        .end();
            } else {
                request.result("{}");
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private int asked(String method) {
        return upstream.seen(method).size();
    }

    private static void ask(McpCaller client, String method, String params) throws IOException {
        assertEquals(
                Rpc.result("1", "{}"),
                client.post(Rpc.request("1", method, params)).text());
    }

    private static void askAll(McpCaller client) throws IOException {
        ask(client, "tools/list", "");
        ask(client, "tools/call", "{\"name\":\"get_weather\"}");
        ask(client, "resources/list", "");
        ask(client, "resources/read", "{\"uri\":\"file:///a\"}");
        ask(client, "resources/read", "{\"uri\":\"file:///b\"}");
    }

    private void tell(McpCaller listener, WireMessage answer, Stream stream, String method, String params)
            throws IOException {
        stream.event(Rpc.notification(method, params));
        // What has reached the client has passed the proxy.
        assertTrue(answer.event().data().contains(method));
    }

    @Test
    void aServersWordEndsWhatItIsAbout() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar);
                McpCaller listener = new McpCaller(sidecar)) {
            askAll(client);
            askAll(client);
            assertEquals(5, upstream.seen().size());
            WireMessage answer = listener.get();
            Stream stream = streams.poll(20, TimeUnit.SECONDS);

            tell(listener, answer, stream, CHANGED, "");
            askAll(client);
            assertEquals(2, asked("tools/list"));
            assertEquals(2, asked("tools/call"));
            assertEquals(1, asked("resources/list"));
            assertEquals(2, asked("resources/read"));

            tell(listener, answer, stream, "notifications/resources/updated", "{\"uri\":\"file:///a\"}");
            askAll(client);
            assertEquals(3, asked("resources/read"), "the other resource is what it was");
            assertEquals(1, asked("resources/list"));

            tell(listener, answer, stream, "notifications/resources/list_changed", "");
            askAll(client);
            assertEquals(2, asked("resources/list"));
            assertEquals(5, asked("resources/read"));
            assertEquals(2, asked("tools/list"));
            assertEquals(6, sidecar.metric("outrigger_cache_invalidations_total"));
        }
    }

    @Test
    void anAnswerThatWasOnItsWayWhenTheServerSaidSoIsNotKept() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), CACHE);
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 2; i++) {
                client.post(Rpc.call("1", "get_and_change")).text();
            }
            assertEquals(2, asked("tools/call"));
        }
    }

    @Test
    void aReloadThatChangesSomethingElseKeepsWhatIsKept() throws Exception {
        String head =
                "upstreams.app { endpoints = [\"127.0.0.1:" + upstream.port() + "\"], health-check.type = none }\n";
        String route = "routes = [{ match.path-prefix = /mcp, upstream = app, %s }]";
        try (FileSidecar sidecar = new FileSidecar(directory, "nio")
                        .write(head + route.formatted(CACHE))
                        .start();
                McpCaller client = sidecar.caller()) {
            askAll(client);
            sidecar.apply(head + route.formatted(CACHE + ", timeout = 14s"));
            askAll(client);
            assertEquals(5, upstream.seen().size());
            sidecar.apply(head + route.formatted(CACHE.replace("5m", "4m")));
            askAll(client);
            assertEquals(10, upstream.seen().size(), "kept for another time");
        }
    }

    @Test
    void whatIsOverItsTimeIsGivenWhereTheServerIsGone() throws Exception {
        String cache = "cache { ttl = 1ms, tools = [\"get_*\"], stale-for = 5m }";
        try (RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), cache);
                McpCaller client = new McpCaller(sidecar)) {
            ask(client, "tools/call", "{\"name\":\"get_weather\"}");
            upstream.close();
            sidecar.awaitMetric(0, "upstream_connections");
            for (int i = 0; i < 10; i++) {
                ask(client, "tools/call", "{\"name\":\"get_weather\"}");
            }
            assertTrue(
                    sidecar.metric("circuit_breaker_calls_total", "outcome=\"rejected\"") > 0,
                    "also where it is not tried");
            assertTrue(sidecar.metric("outrigger_cache_stale_total") > 5);
            String unknown = client.post(Rpc.call("7", "get_time")).text();
            assertTrue(unknown.contains("\"code\":10002") && unknown.contains("\"id\":7"), unknown);
        }
    }
}
