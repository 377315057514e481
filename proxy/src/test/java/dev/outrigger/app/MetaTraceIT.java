package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.testing.Await;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trace contexts that travel inside messages: read always, written only when asked, and nothing else is touched. */
class MetaTraceIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-(..)");
    private static final String META_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String META_SPAN = "b7ad6b7169203331";
    private static final String META = "00-" + META_TRACE + "-" + META_SPAN + "-01";
    private static final String HEADER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String HEADER_SPAN = "00f067aa0ba902b7";
    private static final String HEADER = "00-" + HEADER_TRACE + "-" + HEADER_SPAN + "-01";
    private static final String INJECTING = "mcp.inject-meta-trace = true";

    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private HttpServer receiver;
    private McpUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/v1/traces", exchange -> {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody())
                    .getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        upstream = new McpUpstream(McpUpstream.plain());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        receiver.stop(0);
    }

    private String exporting() {
        return "telemetry.tracing { protocol = http, otlp-endpoint = \"http://127.0.0.1:"
                + receiver.getAddress().getPort() + "\" }";
    }

    private static String callWithMeta(String meta) {
        return Rpc.request("7", "tools/call", "{\"name\":\"echo\",\"_meta\":{" + meta + "},\"arguments\":{\"n\":1}}");
    }

    private static Matcher traceparent(String text) {
        Matcher found = TRACEPARENT.matcher(text);
        assertTrue(found.matches(), text);
        return found;
    }

    // ---- reading

    @Test
    void theContextInTheMessageWinsOverTheHeader() throws Exception {
        String sent = callWithMeta("\"traceparent\":\"" + META + "\",\"tracestate\":\"m=1\"");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client =
                        new McpCaller(sidecar).with("traceparent", HEADER).with("tracestate", "h=1")) {
            client.post(sent).text();
            Matcher passedOn = traceparent(upstream.last().header("traceparent"));
            assertEquals(META_TRACE, passedOn.group(1));
            assertNotEquals(META_SPAN, passedOn.group(2));
            assertEquals("01", passedOn.group(3));
            assertEquals("m=1", upstream.last().header("tracestate"));
            assertEquals(sent, upstream.last().body(), "continued in the header, never overwritten");
            Span span = exported();
            assertEquals(META_TRACE, hex(span.getTraceId()));
            assertEquals(META_SPAN, hex(span.getParentSpanId()));
            assertEquals(passedOn.group(2), hex(span.getSpanId()));
            assertEquals(1, span.getLinksCount());
            assertEquals(HEADER_TRACE, hex(span.getLinks(0).getTraceId()));
            assertEquals(HEADER_SPAN, hex(span.getLinks(0).getSpanId()));
        }
    }

    @Test
    void withoutAHeaderTheContextInTheMessageIsContinued() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(callWithMeta("\"traceparent\":\"" + META + "\"")).text();
            assertEquals(
                    META_TRACE,
                    traceparent(upstream.last().header("traceparent")).group(1));
            Span span = exported();
            assertEquals(META_SPAN, hex(span.getParentSpanId()));
            assertEquals(0, span.getLinksCount());
        }
    }

    @Test
    void aBrokenContextInTheMessageIsNone() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar).with("traceparent", HEADER)) {
            client.post(callWithMeta("\"traceparent\":\"00-zz-1-01\"")).text();
            assertEquals(
                    HEADER_TRACE,
                    traceparent(upstream.last().header("traceparent")).group(1));
        }
    }

    /** Only the one of {@code params._meta} counts. */
    @Test
    void aContextAmongTheArgumentsIsJustAnArgument() throws Exception {
        String sent = Rpc.request(
                "7",
                "tools/call",
                "{\"name\":\"echo\",\"arguments\":{\"_meta\":{\"traceparent\":\"" + META + "\"},\"traceparent\":\""
                        + META + "\"}}");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(sent).text();
            assertNotEquals(
                    META_TRACE,
                    traceparent(upstream.last().header("traceparent")).group(1));
        }
    }

    // ---- writing

    @Test
    void nothingIsWrittenUnlessAsked() throws Exception {
        String sent = Rpc.call("7", "echo");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                McpCaller client = new McpCaller(sidecar).with("traceparent", HEADER)) {
            client.post(sent).text();
            assertEquals(sent, upstream.last().body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{}}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"_meta\":{\"progressToken\":9007199254740993}}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"_meta\":{},\"name\":\"echo\"}}",
                " \n{ \"params\" : { \"_meta\" : { } , \"name\" : \"echo\" } , \"method\" : \"tools/call\" , \"id\" : 7 } \n",
                "{\"method\":\"tools/call\",\"params\":{\"z\":1.0e+400,\"requestState\":\"\\u0041=={\\\"_meta\\\":{}}\",\"a\":-0.10,\"n\":123456789012345678901234567890,\"name\":\"echo\",\"m\":\"\\/ü\"},\"id\":7}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{\"_meta\":{\"a\":1}}}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"_meta\":{\"x/traceparent\":\"no\",\"k\":{\"traceparent\":\"no\"}},\"name\":\"echo\"}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\",\"params\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
            })
    void whenAskedTheContextIsInsertedAndEveryOtherByteKept(String sent) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), INJECTING);
                McpCaller client = new McpCaller(sidecar).with("traceparent", HEADER)) {
            client.post(sent).text();
            String got = upstream.last().body();
            assertOneInsertion(sent, got);
            Config message = ConfigFactory.parseString(got.replace("1.0e+400", "1"));
            String written = message.getString("params._meta.traceparent");
            assertEquals(upstream.last().header("traceparent"), written);
            assertEquals(HEADER_TRACE, traceparent(written).group(1));
            assertEquals(
                    Integer.toString(got.getBytes(StandardCharsets.UTF_8).length),
                    upstream.last().header("content-length"));
            assertEquals(1, upstream.seen().size());
        }
    }

    @Test
    void aBodyInChunksIsMendedToo() throws Exception {
        String sent = Rpc.call("7", "echo");
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < sent.length(); at += 10) {
            String chunk = sent.substring(at, Math.min(sent.length(), at + 10));
            chunks.append(Integer.toHexString(chunk.length()))
                    .append("\r\n")
                    .append(chunk)
                    .append("\r\n");
        }
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), INJECTING);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send(
                    "POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunks + "0\r\n\r\n");
            assertEquals(Rpc.result("7", "{}"), WireMessage.read(client.in()).text());
            assertOneInsertion(sent, upstream.last().body());
        }
    }

    @Test
    void aBodyThatArrivesByteByByteIsMendedToo() throws Exception {
        String sent = Rpc.call("7", "echo");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), INJECTING);
                RawClient client = new RawClient(sidecar.inbound())) {
            client.send("POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                    + sent.length() + "\r\n\r\n");
            for (int i = 0; i < sent.length(); i++) {
                client.send(sent.substring(i, i + 1));
            }
            assertEquals(Rpc.result("7", "{}"), WireMessage.read(client.in()).text());
            assertOneInsertion(sent, upstream.last().body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"_meta\":{\"traceparent\":\""
                        + META + "\"}}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}",
                "[{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"}}]",
                "{\"no\":\"json-rpc\",\"params\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":[1]}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"_meta\":7}}",
                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":",
                ""
            })
    void whatHasOneOrHasNoPlaceForOneStaysAsItIs(String sent) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), INJECTING);
                McpCaller client = new McpCaller(sidecar).with("traceparent", HEADER)) {
            client.post(sent).text();
            assertEquals(sent, upstream.last().body());
        }
    }

    @Test
    void aMessageBeyondTheScanLimitStaysAsItIs() throws Exception {
        String sent = Rpc.request(
                "7", "tools/call", "{\"name\":\"echo\",\"arguments\":{\"text\":\"" + "x".repeat(100_000) + "\"}}");
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), INJECTING, "mcp.scan-limit = 16KiB");
                McpCaller client = new McpCaller(sidecar)) {
            client.post(sent).text();
            assertEquals(sent, upstream.last().body());
        }
    }

    // ---- spans

    @Test
    void theProtocolVersionOfASessionIsRemembered() throws Exception {
        upstream.close();
        upstream = new McpUpstream(McpUpstream.sessions("s", McpUpstream.plain()));
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            String session = client.post(Rpc.initialize("1")).header("mcp-session-id");
            try (McpCaller later = new McpCaller(sidecar).session(session)) {
                later.post(Rpc.call("2", "echo")).text();
            }
            Await.until("both spans are exported", DEADLINE, () -> spans.size() == 2);
            Span call = spans.stream()
                    .filter(span -> span.getName().equals("tools/call echo"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("2025-03-26", attribute(call, "mcp.protocol.version"));
            assertEquals(session, attribute(call, "mcp.session.id"));
            assertEquals("execute_tool", attribute(call, "gen_ai.operation.name"));
        }
    }

    @Test
    void aResourceIsAnAttributeAndNeverInTheName() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.request("\"r\"", "resources/read", "{\"uri\":\"file:///secret/plan.txt\"}"))
                    .text();
            Span span = exported();
            assertEquals("resources/read", span.getName());
            assertEquals("file:///secret/plan.txt", attribute(span, "mcp.resource.uri"));
            assertEquals("r", attribute(span, "jsonrpc.request.id"));
        }
    }

    @Test
    void aPromptIsInTheName() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.request("1", "prompts/get", "{\"name\":\"greet\"}")).text();
            Span span = exported();
            assertEquals("prompts/get greet", span.getName());
            assertEquals("greet", attribute(span, "gen_ai.prompt.name"));
        }
    }

    @Test
    void aToolErrorIsTheErrorTypeOfItsSpan() throws Exception {
        upstream.close();
        upstream = new McpUpstream(request -> request.result("{\"isError\":true,\"content\":[]}"));
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "echo")).text();
            assertEquals("tool_error", attribute(exported(), "error.type"));
        }
    }

    @Test
    void anErrorCodeIsAnAttributeOfItsSpan() throws Exception {
        upstream.close();
        upstream = new McpUpstream(request -> request.json(Rpc.error(request.id(), -32602)));
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting());
                McpCaller client = new McpCaller(sidecar)) {
            client.post(Rpc.call("1", "echo")).text();
            assertEquals("-32602", attribute(exported(), "rpc.response.status_code"));
        }
    }

    private Span exported() {
        Await.until("the span is exported", DEADLINE, () -> !spans.isEmpty());
        assertEquals(1, spans.size());
        return spans.get(0);
    }

    private static String attribute(Span span, String key) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .map(attribute -> attribute.getValue().getStringValue())
                .findFirst()
                .orElse("none");
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    /** {@code got} is {@code sent} with text inserted at one place. */
    private static void assertOneInsertion(String sent, String got) {
        assertTrue(got.length() > sent.length(), "nothing is inserted: " + got);
        int same = 0;
        while (same < sent.length() && sent.charAt(same) == got.charAt(same)) {
            same++;
        }
        boolean restIsKept = false;
        for (int at = same; at >= 0 && !restIsKept; at--) {
            restIsKept = got.endsWith(sent.substring(at));
        }
        assertTrue(restIsKept, "more than one place differs:\n" + sent + "\n" + got);
    }
}
