package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.testing.Await;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One trace from the client through the sidecar to the server, and the sidecar's part of it at a real receiver. */
class TraceIT {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Pattern TRACEPARENT = Pattern.compile("traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-(..)");
    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT_ID = "b7ad6b7169203331";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private HttpServer receiver;
    private ScriptedUpstream upstream;

    @TempDir
    private Path directory;

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
        upstream = new ScriptedUpstream(connection -> {
            seen.add(connection.readRequest());
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        });
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        receiver.stop(0);
    }

    @Test
    void aClientsTraceIsContinuedWithTheSidecarsSpanAsTheParent() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting())) {
            call(sidecar, "traceparent: 00-" + TRACE_ID + "-" + PARENT_ID + "-01\r\ntracestate: a=1,b=2\r\n");
            String request = seen.take();
            Matcher passedOn = TRACEPARENT.matcher(request);
            assertTrue(passedOn.find(), request);
            assertEquals(TRACE_ID, passedOn.group(1));
            assertNotEquals(PARENT_ID, passedOn.group(2));
            assertEquals("01", passedOn.group(3));
            assertTrue(request.contains("tracestate: a=1,b=2\r\n"), request);
            Await.until("the span is exported", DEADLINE, () -> !spans.isEmpty());
            Span span = spans.get(0);
            assertEquals(TRACE_ID, hex(span.getTraceId()));
            assertEquals(passedOn.group(2), hex(span.getSpanId()));
            assertEquals(PARENT_ID, hex(span.getParentSpanId()));
            assertEquals("tools/call echo", span.getName());
        }
    }

    @Test
    void withoutAClientsTraceOneBegins() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), exporting())) {
            call(sidecar, "tracestate: orphan=1\r\n");
            String request = seen.take();
            Matcher begun = TRACEPARENT.matcher(request);
            assertTrue(begun.find(), request);
            assertTrue(!request.contains("tracestate"), "a state without a parent belongs to nothing: " + request);
            Await.until("the span is exported", DEADLINE, () -> !spans.isEmpty());
            assertEquals(begun.group(1), hex(spans.get(0).getTraceId()));
            assertTrue(spans.get(0).getParentSpanId().isEmpty());
        }
    }

    @Test
    void whatIsNotSampledIsPassedOnButNotExported() throws Exception {
        try (RunningSidecar sidecar =
                RunningSidecar.before(upstream.port(), exporting(), "telemetry.tracing.sample = 0%")) {
            call(sidecar, "");
            Matcher begun = TRACEPARENT.matcher(seen.take());
            assertTrue(begun.find());
            assertEquals(0, Integer.parseInt(begun.group(3), 16) & 1);
            call(sidecar, "traceparent: 00-" + TRACE_ID + "-" + PARENT_ID + "-01\r\n");
            Await.until("the sampled one is exported", DEADLINE, () -> !spans.isEmpty());
            assertEquals(1, spans.size());
            assertEquals(TRACE_ID, hex(spans.get(0).getTraceId()));
        }
    }

    @Test
    void switchedOffTheHeadersPassAsTheyAre() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.before(upstream.port(), "telemetry.tracing.enabled = false")) {
            call(sidecar, "traceparent: 00-" + TRACE_ID + "-" + PARENT_ID + "-01\r\n");
            assertTrue(seen.take().contains("traceparent: 00-" + TRACE_ID + "-" + PARENT_ID + "-01\r\n"));
            call(sidecar, "");
            assertTrue(!seen.take().contains("traceparent"));
        }
    }

    @Test
    void theAccessLogHasOneLinePerExchange() throws Exception {
        Path log = directory.resolve("access.log");
        try (RunningSidecar sidecar =
                RunningSidecar.before(upstream.port(), "telemetry.access-log.path = \"" + log + "\"")) {
            call(sidecar, "traceparent: 00-" + TRACE_ID + "-" + PARENT_ID + "-01\r\nX-Request-ID: r-1\r\n");
            call(sidecar, "");
        }
        List<String> lines = Files.readAllLines(log);
        assertEquals(2, lines.size());
        String line = lines.get(0);
        for (String part : List.of(
                "\"path\":\"/mcp\"",
                "\"status\":200",
                "\"outcome\":\"success\"",
                "\"tool\":\"echo\"",
                "\"request_id\":\"r-1\"",
                "\"trace_id\":\"" + TRACE_ID + "\"",
                "\"upstream\":\"app\"")) {
            assertTrue(line.contains(part), part + " in " + line);
        }
        assertTrue(!line.contains("secret"), "no query in the log: " + line);
    }

    private String exporting() {
        return "telemetry.tracing { protocol = http, otlp-endpoint = \"http://127.0.0.1:"
                + receiver.getAddress().getPort() + "\" }";
    }

    private static void call(RunningSidecar sidecar, String headers) throws Exception {
        String body = "{\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"},\"jsonrpc\":\"2.0\",\"id\":7}";
        try (RawClient client = new RawClient(sidecar.inbound())) {
            client.send("POST /mcp?token=secret HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .readResponse();
        }
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
