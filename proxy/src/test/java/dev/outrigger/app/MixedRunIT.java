package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Seen;
import dev.outrigger.app.McpUpstream.Stream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** Everything at once, in good order and in bad: afterwards each operation is counted once and nothing is left open. */
class MixedRunIT {
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 300;
    private static final String OPERATIONS = "mcp_server_operation_duration_seconds_count";

    /** Operations sent, by method and tool as they stand in the labels. */
    private final Map<String, LongAdder> sent = new ConcurrentHashMap<>();

    private final LongAdder exchanges = new LongAdder();
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();

    @Test
    void everyOperationIsCountedOnceWhateverBecomesOfIt() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (McpUpstream a = new McpUpstream(McpUpstream.sessions("a", this::answer));
                McpUpstream b = new McpUpstream(McpUpstream.sessions("b", this::answer));
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                        List.of(a.port(), b.port()),
                        "timeout = 20s, tools { silent { timeout = 50ms } }",
                        "upstreams.app.breaker.consecutive-failures = 10000")) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(client);
                running.add(clients.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        doSomething(sidecar, random.nextInt(14));
                    }
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
            for (Map.Entry<String, LongAdder> operation : sent.entrySet()) {
                String[] labels = operation.getKey().split(" ", -1);
                sidecar.awaitMetric(
                        operation.getValue().sum(),
                        OPERATIONS,
                        "mcp_method_name=\"" + labels[0] + "\"",
                        "gen_ai_tool_name=\"" + labels[1] + "\"");
            }
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
            sidecar.awaitMetric(0, "mcp_streams_active");
            sidecar.awaitMetric(0, "upstream_pending");
            sidecar.awaitMetric(0, "outrigger_downstream_connections");
            long operations = sent.values().stream().mapToLong(LongAdder::sum).sum();
            assertEquals(operations, sidecar.metric(OPERATIONS), "and nothing else");
            sidecar.awaitMetric(exchanges.sum(), "http_requests_total");
        } finally {
            clients.shutdownNow();
        }
    }

    // ---- the server

    private void answer(Seen request) throws IOException {
        if (request.httpMethod().equals("GET")) {
            openStream(request);
        } else if (request.target().contains("sessionId=")) {
            request.status(202);
            if (request.id().isEmpty()) {
                return;
            }
            Stream stream = streams.get(request.target().replaceAll(".*=", ""));
            if (stream != null) {
                stream.event(Rpc.result(request.id(), "{}"));
            }
        } else if (request.body().startsWith("[")) {
            request.stream()
                    .event(Rpc.result("\"two\"", "{}"))
                    .event(Rpc.result("1", "{\"isError\":true}"))
                    .end();
        } else if (request.id().isEmpty() || request.method().isEmpty()) {
            request.accepted();
        } else {
            answerCall(request);
        }
    }

    private void openStream(Seen request) throws IOException {
        String session = Integer.toString(ids.incrementAndGet());
        Stream stream = request.stream();
        streams.put(session, stream);
        stream.raw("event: endpoint\ndata: /message?sessionId=" + session + "\n\n");
        stream.awaitClosed();
    }

    private static void answerCall(Seen request) throws IOException {
        switch (request.name()) {
            case "events" ->
                request.stream()
                        .event(Rpc.progress("1"))
                        .event(Rpc.result(request.id(), "{}"))
                        .end();
            case "cut" -> request.stream().event(Rpc.progress("1")).cut();
            case "resumable" -> request.stream().event("e", Rpc.progress("1")).cut();
            case "close" -> request.close();
            case "left" -> {
                request.stream().event(Rpc.progress("1"));
                request.awaitClosed();
            }
            case "silent" -> request.awaitClosed();
            case "error" -> request.json(Rpc.error(request.id(), -32603));
            default -> request.result("{}");
        }
    }

    // ---- the clients

    private void doSomething(RunningSidecar sidecar, int what) throws IOException {
        switch (what) {
            case 0 -> call(sidecar, "json", true);
            case 1 -> call(sidecar, "events", true);
            case 2 -> call(sidecar, "events", false);
            case 3 -> call(sidecar, "cut", true);
            case 4 -> call(sidecar, "cut", false);
            case 5 -> call(sidecar, "close", false);
            case 6 -> call(sidecar, "silent", true);
            case 7 -> call(sidecar, "silent", false);
            case 8 -> call(sidecar, "error", false);
            case 9 -> leave(sidecar);
            case 10 -> resume(sidecar);
            case 11 -> session(sidecar);
            case 12 -> batch(sidecar);
            default -> paired(sidecar);
        }
    }

    private void count(String method, String tool) {
        sent.computeIfAbsent(method + " " + tool, any -> new LongAdder()).increment();
    }

    private void call(RunningSidecar sidecar, String tool, boolean modern) throws IOException {
        String id = Integer.toString(ids.incrementAndGet());
        count("tools/call", tool);
        exchanges.increment();
        try (McpCaller client = new McpCaller(sidecar)) {
            String answer = modern
                    ? client.postModern(Rpc.modernCall(id, tool)).text()
                    : client.post(Rpc.call(id, tool)).text();
            assertTrue(
                    answer.contains("\"id\":" + id + ",\"result\"") || answer.contains("\"id\":" + id + ",\"error\""),
                    answer);
        }
    }

    /** Closes in the midst of an answer. */
    private void leave(RunningSidecar sidecar) throws IOException {
        count("tools/call", "left");
        exchanges.increment();
        try (McpCaller client = new McpCaller(sidecar)) {
            client.postModern(Rpc.modernCall("1", "left")).event();
        }
    }

    private void resume(RunningSidecar sidecar) throws IOException {
        count("tools/call", "resumable");
        exchanges.increment();
        try (McpCaller client = new McpCaller(sidecar)) {
            client.sendPost(Rpc.call("1", "resumable"));
            assertEquals("e", client.answer().event().id());
        }
    }

    private void session(RunningSidecar sidecar) throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage opened = client.post(Rpc.initialize(Integer.toString(ids.incrementAndGet())));
            opened.text();
            client.session(opened.header("mcp-session-id"));
            assertEquals(
                    202,
                    client.post(Rpc.notification("notifications/initialized", ""))
                            .status());
            client.post(Rpc.call("1", "json")).text();
            client.post(Rpc.request("2", "tools/call", "{\"name\":\"events\"}")).text();
            assertEquals(202, client.post(Rpc.result("1", "{}")).status());
            assertEquals(202, client.delete().status());
        }
        count("initialize", "");
        count("notifications/initialized", "");
        count("tools/call", "json");
        count("tools/call", "events");
        exchanges.add(6);
    }

    private void batch(RunningSidecar sidecar) throws IOException {
        count("tools/call", "json");
        count("tools/call", "other-tool");
        count("ping", "");
        count("notifications/initialized", "");
        exchanges.increment();
        try (McpCaller client = new McpCaller(sidecar)) {
            String text = client.post("[" + Rpc.call("1", "json") + "," + Rpc.call("\"two\"", "other-tool") + ","
                            + Rpc.request("3", "ping", "") + "," + Rpc.notification("notifications/initialized", "")
                            + "]")
                    .text();
            assertTrue(text.contains("\"id\":3,\"error\":{\"code\":10009,"), text);
        }
    }

    private void paired(RunningSidecar sidecar) throws IOException {
        count("tools/call", "paired");
        count("ping", "");
        exchanges.add(3);
        try (McpCaller listening = new McpCaller(sidecar).at("/sse");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = listening.get();
            client.at(stream.event().data());
            assertEquals(202, client.post(Rpc.call("1", "paired")).status());
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
            assertEquals(202, client.post(Rpc.request("1", "ping", "")).status());
            assertEquals(Rpc.result("1", "{}"), stream.event().data());
        }
    }
}
