package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Stream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that live long: what a client listens to, in both eras. They are no requests that could take too long. */
class StreamsIT {
    private static final String EVENT = Rpc.notification("notifications/resources/updated", "{\"uri\":\"file:///a\"}");
    private static final String COMMENT = ":\n\n";

    private final Semaphore goOn = new Semaphore(0);

    private static String listen(String id) {
        return Rpc.request(id, "subscriptions/listen", "{\"notifications\":{}," + Rpc.modernMeta() + "}");
    }

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void theHeadIsThereBeforeTheFirstEvent(boolean modern) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream("X-Kept: 1", "Cache-Control: no-cache, no-transform");
                    goOn.acquireUninterruptibly();
                    stream.event(EVENT);
                    stream.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = modern ? client.postModern(listen("1")) : client.get();
            assertEquals(200, stream.status());
            assertEquals("text/event-stream", stream.header("content-type"));
            assertEquals("1", stream.header("x-kept"));
            goOn.release();
            assertEquals(EVENT, stream.event().data());
        }
    }

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void aListeningStreamHasNoTimeout(boolean modern) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    request.work(Duration.ofMillis(900));
                    stream.event(EVENT);
                    stream.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 300ms");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = modern ? client.postModern(listen("1")) : client.get();
            assertEquals(EVENT, stream.event().data());
            assertEquals(1, sidecar.metric("mcp_streams_active", "server=\"app\""));
        }
    }

    /** The head itself may take its time, too: some servers send it with the first event. */
    @Test
    void aListeningStreamMayBeginLate() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    request.work(Duration.ofMillis(900));
                    request.stream().event(EVENT).end();
                });
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 300ms");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(EVENT, client.get().event().data());
        }
    }

    @Test
    void silenceEndsAStreamAfterTheIdleTimeout() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> request.stream().awaitClosed());
                RunningSidecar sidecar = RunningSidecar.beforeWithRoute(upstream.port(), "idle-timeout = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.get();
            assertEquals(200, stream.status());
            client.connection().readToEnd();
            upstream.awaitNoConnection();
            sidecar.awaitMetric(0, "mcp_streams_active");
        }
    }

    @Test
    void theHardCapEndsAStreamHoweverBusy() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    for (int i = 0; i < 1000; i++) {
                        request.work(Duration.ofMillis(20));
                        stream.event(EVENT);
                    }
                });
                RunningSidecar sidecar =
                        RunningSidecar.beforeWithRoute(upstream.port(), "timeout = 300ms, max-duration = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(200, client.get().status());
            client.connection().readToEnd();
            upstream.awaitNoConnection();
        }
    }

    @ParameterizedTest(name = "modern: {0}")
    @ValueSource(booleans = {false, true})
    void aListeningStreamIsMeasuredAsAStreamNotAsARequest(boolean modern) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    stream.event(EVENT).event(EVENT);
                    goOn.acquireUninterruptibly();
                    if (modern) {
                        stream.event(Rpc.result(request.id(), "{\"resultType\":\"complete\"}"));
                    }
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = modern ? client.postModern(listen("1")) : client.get();
            stream.event();
            stream.event();
            sidecar.awaitMetric(1, "mcp_streams_active", "server=\"app\"");
            assertEquals(0, sidecar.metric("mcp_stream_duration_seconds_count"));
            goOn.release();
            stream.text();
            sidecar.awaitMetric(0, "mcp_streams_active");
            sidecar.awaitMetric(1, "mcp_stream_duration_seconds_count", "server=\"app\"");
            assertEquals(0, sidecar.metric("mcp_query_duration_seconds_count"));
            assertEquals(modern ? 3 : 2, sidecar.metric("mcp_stream_events_total", "server=\"app\""));
            assertEquals(1, sidecar.metric("mcp_time_to_first_event_seconds_count", "server=\"app\""));
            assertEquals(modern ? 1 : 0, sidecar.metric("mcp_server_operation_duration_seconds_count"));
        }
    }

    @Test
    void aCallAnsweredByEventsIsBothARequestAndAStream() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    request.work(Duration.ofMillis(200));
                    stream.event(Rpc.progress("1"));
                    stream.event(Rpc.result(request.id(), "{}"));
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.post(Rpc.call("1", "echo"));
            stream.event();
            stream.event();
            assertNull(stream.nextEvent());
            sidecar.awaitMetric(1, "mcp_query_duration_seconds_count");
            assertEquals(2, sidecar.metric("mcp_stream_events_total"));
            assertEquals(1, sidecar.metric("mcp_time_to_first_event_seconds_count"));
            double seconds = sidecar.metric("mcp_time_to_first_event_seconds_sum");
            assertTrue(seconds >= 0.2 && seconds < 10, "first event after " + seconds + " s");
            sidecar.awaitMetric(0, "mcp_streams_active");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ends", "is cut", "is left"})
    void theGaugeOfStreamsReturnsToZeroHoweverOneEnds(String how) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream().event(EVENT);
                    if (how.equals("is left")) {
                        stream.awaitClosed();
                        return;
                    }
                    goOn.acquireUninterruptibly();
                    if (how.equals("ends")) {
                        stream.end();
                    } else {
                        stream.cut();
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            for (int i = 0; i < 3; i++) {
                try (McpCaller client = new McpCaller(sidecar)) {
                    client.get().event();
                    sidecar.awaitMetric(1, "mcp_streams_active");
                    goOn.release();
                    if (!how.equals("is left")) {
                        sidecar.awaitMetric(0, "mcp_streams_active");
                    }
                }
                sidecar.awaitMetric(0, "mcp_streams_active");
            }
            sidecar.awaitMetric(3, "mcp_stream_duration_seconds_count");
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
        }
    }

    // ---- keep-alive

    @Test
    void aRestingStreamIsKeptAliveByCommentsWhenConfigured() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    goOn.acquireUninterruptibly();
                    stream.event(EVENT);
                    stream.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.stream-keep-alive = 100ms");
                McpCaller client = new McpCaller(sidecar)) {
            InputStream body = client.get().body();
            assertEquals(COMMENT + COMMENT + COMMENT, read(body, 3 * COMMENT.length()));
            goOn.release();
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("data: " + EVENT + "\n\n")) {
                text.append(read(body, 1));
            }
            assertEquals("data: " + EVENT + "\n\n", text.toString().replace(COMMENT, ""));
            assertEquals(COMMENT, read(body, COMMENT.length()), "and on it goes");
            assertEquals(1, sidecar.metric("mcp_stream_events_total"), "the proxy's comments are no events");
        }
    }

    /** A line in the midst of an event would end up in it. */
    @Test
    void noCommentComesInTheMidstOfAnEvent() throws Exception {
        String half = EVENT.substring(0, 20);
        try (McpUpstream upstream = new McpUpstream(request -> {
                    String begun = "event: message\ndata: " + half;
                    // With its head, lest a comment comes between the two.
                    request.connection()
                            .write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n"
                                    + Integer.toHexString(begun.length()) + "\r\n" + begun + "\r\n");
                    Stream stream = new Stream(request.connection());
                    request.work(Duration.ofMillis(700));
                    stream.raw(EVENT.substring(20) + "\n");
                    request.work(Duration.ofMillis(700));
                    stream.raw("\n");
                    stream.awaitClosed();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.stream-keep-alive = 100ms");
                McpCaller client = new McpCaller(sidecar)) {
            String event = "event: message\ndata: " + EVENT + "\n\n";
            InputStream body = client.get().body();
            assertEquals(event, read(body, event.length()));
            assertEquals(COMMENT, read(body, COMMENT.length()));
        }
    }

    @Test
    void aStreamThatIsBusyNeedsNoComments() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    for (int i = 0; i < 20; i++) {
                        request.work(Duration.ofMillis(160));
                        stream.event(EVENT);
                    }
                    stream.end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.stream-keep-alive = 3s");
                McpCaller client = new McpCaller(sidecar)) {
            String text = client.get().text();
            assertEquals(("data: " + EVENT + "\n\n").repeat(20), text);
        }
    }

    @Test
    void nothingIsWrittenIntoAStreamUnlessConfigured() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream();
                    request.work(Duration.ofMillis(500));
                    stream.event(EVENT).end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals("data: " + EVENT + "\n\n", client.get().text());
        }
    }

    @Test
    void nothingIsWrittenIntoACompressedStream() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream("Content-Encoding: gzip");
                    request.work(Duration.ofMillis(500));
                    stream.raw("not really gzip").end();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.stream-keep-alive = 100ms");
                McpCaller client = new McpCaller(sidecar)) {
            WireMessage stream = client.get();
            assertEquals("gzip", stream.header("content-encoding"));
            assertEquals("not really gzip", stream.text());
        }
    }

    /** Plain text behind compressed bytes would be garbage: cut is all that it can be. */
    @Test
    void aCompressedStreamThatIsCutStaysCut() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    Stream stream = request.stream("Content-Encoding: gzip");
                    stream.raw("not really gzip").cut();
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(200, client.post(Rpc.call("1", "echo")).status());
            assertFalse(client.connection().readToEnd().contains("0\r\n\r\n"));
            sidecar.awaitMetric(1, "mcp_server_operation_duration_seconds_count");
        }
    }

    @Test
    void nothingIsWrittenIntoAnAnswerThatIsNoStream() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    request.work(Duration.ofMillis(500));
                    request.result("{}");
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "mcp.stream-keep-alive = 100ms");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    Rpc.result("1", "{}"), client.post(Rpc.call("1", "echo")).text());
        }
    }

    // ---- answers

    /** Python's servers write everything beyond ASCII as escapes, others never. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'\"käse\"', '\"k\\u00e4se\"'",
                "'\"k\\u00e4se\"', '\"käse\"'",
                "'\"a/b\"', '\"a\\/b\"'",
                "'\"\\ud83e\\uddc0\"', '\"🧀\"'"
            })
    void anIdIsTheSameHoweverItIsWritten(String asked, String answered) throws Exception {
        try (McpUpstream upstream = new McpUpstream(request ->
                        request.stream().event(Rpc.result(answered, "{}")).end());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    "data: " + Rpc.result(answered, "{}") + "\n\n",
                    client.post(Rpc.call(asked, "echo")).text());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "status=\"success\"");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 5_000_000})
    void anAnswerOfAnyLengthIsRecognised(int length) throws Exception {
        String result = Rpc.result("1", "{\"content\":[{\"type\":\"text\",\"text\":\"" + "ü".repeat(length) + "\"}]}");
        String idLast =
                "{\"result\":{\"text\":\"" + "x".repeat(length) + "\",\"isError\":true},\"id\":1,\"jsonrpc\":\"2.0\"}";
        try (McpUpstream upstream = new McpUpstream(request -> request.stream()
                        .event(request.name().equals("first") ? result : idLast)
                        .end());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals(
                    "data: " + result + "\n\n",
                    client.post(Rpc.call("1", "first")).text());
            assertEquals(
                    "data: " + idLast + "\n\n",
                    client.post(Rpc.call("1", "last")).text());
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"first\"", "status=\"success\"");
            sidecar.awaitMetric(1, "mcp_tool_execution_total", "tool_name=\"last\"", "status=\"error\"");
        }
    }

    /** The connection of a client is worth more than that of a server that broke off. */
    @Test
    void theClientsConnectionOutlivesAStreamThatWasFinishedForIt() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.name().equals("cut")) {
                        request.stream().event(Rpc.progress("1")).cut();
                    } else {
                        request.result("{}");
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < 5; i++) {
                assertTrue(client.post(Rpc.call("1", "cut")).text().contains("10009"));
                assertEquals(
                        Rpc.result("2", "{}"),
                        client.post(Rpc.call("2", "echo")).text());
            }
            assertEquals(1, sidecar.metric("outrigger_downstream_connections_accepted_total"));
        }
    }

    @Test
    void aClientOfHttp10GetsAnEndToo() throws Exception {
        String call = Rpc.call("1", "echo");
        try (McpUpstream upstream = new McpUpstream(
                        request -> request.stream().event(Rpc.progress("1")).cut());
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                RawClient client = new RawClient(sidecar.inbound())) {
            String answer = client.send(
                            "POST /mcp HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                    + call.length() + "\r\n\r\n" + call)
                    .readToEnd();
            assertFalse(answer.contains("chunked"), answer);
            assertTrue(answer.contains("data: " + Rpc.progress("1") + "\n\n"), answer);
            assertTrue(answer.contains("\"id\":1,\"error\":{\"code\":10009,"), answer);
            assertTrue(answer.endsWith("\n\n"), answer);
        }
    }

    // ---- resuming

    @Test
    void aClientResumesWithTheCursorOfTheServer() throws Exception {
        try (McpUpstream upstream = new McpUpstream(request -> {
                    if (request.httpMethod().equals("POST")) {
                        Stream stream = request.stream().raw("id: 0\nretry: 5\ndata:\n\n");
                        stream.event("böse 1", Rpc.progress("1"));
                        stream.cut();
                    } else {
                        request.stream().event("2", Rpc.result("1", "{}")).end();
                    }
                });
                RunningSidecar sidecar = RunningSidecar.before(upstream.port())) {
            try (McpCaller client = new McpCaller(sidecar).session("s-1")) {
                WireMessage stream = client.post(Rpc.call("1", "echo"));
                assertEquals("0", stream.event().id());
                assertEquals("böse 1", stream.event().id());
                String rest = client.connection().readToEnd();
                assertFalse(rest.contains("10009"), rest);
            }
            try (McpCaller client = new McpCaller(sidecar).session("s-1").with("Last-Event-ID", "b%C3%B6se 1")) {
                assertEquals(Rpc.result("1", "{}"), client.get().event().data());
                assertEquals("b%C3%B6se 1", upstream.last().header("last-event-id"));
            }
            assertEquals(1, sidecar.metric("mcp_server_operation_duration_seconds_count"));
        }
    }

    private static String read(InputStream body, int bytes) throws Exception {
        return new String(body.readNBytes(bytes), StandardCharsets.UTF_8);
    }
}
