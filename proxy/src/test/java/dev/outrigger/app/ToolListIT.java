package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.app.McpUpstream.Stream;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server says of its tools decides which names become labels. */
class ToolListIT {
    private static final String CALLS = "mcp_tool_execution_total";
    private static final String DROPPED = "outrigger_telemetry_dropped_total";
    private static final String DROPPED_LABELS = "kind=\"tool_labels\"";

    private McpUpstream upstream;

    /** Answer to {@code tools/list}, without its cursor argument or with it. */
    private volatile String list = "{\"tools\":[]}";

    private volatile String secondPage = "{\"tools\":[]}";
    private volatile boolean asEvents;

    @BeforeEach
    void start() throws Exception {
        upstream = new McpUpstream(request -> {
            if (request.httpMethod().equals("GET")) {
                Stream stream = request.stream();
                stream.event(Rpc.notification("notifications/tools/list_changed", ""));
                stream.awaitClosed();
            } else if (request.method().equals("tools/list")) {
                String answer = Rpc.result(request.id(), request.body().contains("cursor") ? secondPage : list);
                if (asEvents) {
                    Stream stream = request.stream("Cache-Control: no-cache");
                    for (int at = 0; at < answer.length(); at += 7) {
                        stream.raw((at == 0 ? "data: " : "") + answer.substring(at, Math.min(answer.length(), at + 7)));
                    }
                    stream.raw("\n\n").end();
                } else {
                    request.json(answer);
                }
            } else {
                request.result("{}");
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private static String tools(String... names) {
        StringBuilder list = new StringBuilder("{\"tools\":[");
        for (int i = 0; i < names.length; i++) {
            list.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(names[i])
                    .append(
                            "\",\"description\":\"has a name\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"name\":"
                                    + "{\"type\":\"string\",\"default\":\"not-a-tool\"}}},\"annotations\":{\"readOnlyHint\":true}}");
        }
        return list.append("]}").toString();
    }

    private static void ask(McpCaller client) throws IOException {
        client.post(Rpc.request("1", "tools/list", "")).text();
    }

    private static void call(McpCaller client, String tool) throws IOException {
        assertEquals(Rpc.result("2", "{}"), client.post(Rpc.call("2", tool)).text());
    }

    @Test
    void onlyKnownToolsAreLabelsOnceTheyAreKnown() throws Exception {
        list = tools("echo", "add");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            call(client, "made-up-before");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"made-up-before\""), "nothing is known yet");
            assertEquals(
                    Rpc.result("1", list),
                    client.post(Rpc.request("1", "tools/list", "")).text());
            call(client, "echo");
            call(client, "made-up");
            call(client, "not-a-tool");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"echo\""));
            assertEquals(2, sidecar.metric(CALLS, "tool_name=\"other\""));
            assertEquals(0, sidecar.metric(CALLS, "tool_name=\"made-up\""));
            assertEquals(4, sidecar.metric(CALLS));
            assertEquals(2, sidecar.metric(DROPPED, DROPPED_LABELS));
            assertEquals(
                    2, sidecar.metric("mcp_server_operation_duration_seconds_count", "gen_ai_tool_name=\"other\""));
        }
    }

    @Test
    void aListMayComeAsEvents() throws Exception {
        list = tools("echo", "add");
        asEvents = true;
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            ask(client);
            call(client, "add");
            call(client, "made-up");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"add\""));
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"other\""));
        }
    }

    @Test
    void aListMayHaveSeveralPages() throws Exception {
        String first = tools("echo");
        list = first.substring(0, first.length() - 1) + ",\"nextCursor\":\"p2\"}";
        secondPage = tools("add");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            ask(client);
            call(client, "add");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"add\""), "the list is not whole yet");
            client.post(Rpc.request("1", "tools/list", "{\"cursor\":\"p2\"}")).text();
            call(client, "echo");
            call(client, "add");
            call(client, "made-up");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"echo\""));
            assertEquals(2, sidecar.metric(CALLS, "tool_name=\"add\""));
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"other\""));
        }
    }

    @Test
    void aChangedListIsLearnedAnew() throws Exception {
        list = tools("echo");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar);
                McpCaller listening = new McpCaller(sidecar)) {
            ask(client);
            call(client, "late");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"other\""));
            list = tools("late");
            assertEquals(
                    Rpc.notification("notifications/tools/list_changed", ""),
                    listening.get().event().data());
            ask(client);
            call(client, "late");
            call(client, "echo");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"late\""));
            assertEquals(2, sidecar.metric(CALLS, "tool_name=\"other\""), "echo is gone");
        }
    }

    @Test
    void aFailedListTeachesNothing() throws Exception {
        list = "{\"tools\":\"none\"}";
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            ask(client);
            call(client, "echo");
            assertEquals(1, sidecar.metric(CALLS, "tool_name=\"echo\""));
        }
    }

    @Test
    void aLongListIsBoundedToo() throws Exception {
        list = tools(IntStream.range(0, 60).mapToObj(i -> "tool-" + i).toArray(String[]::new));
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.max-tool-labels = 20");
                McpCaller client = new McpCaller(sidecar)) {
            ask(client);
            for (int i = 0; i < 60; i++) {
                call(client, "tool-" + i);
            }
            assertEquals(60, sidecar.metric(CALLS));
            assertEquals(40, sidecar.metric(CALLS, "tool_name=\"other\""));
        }
    }
}
