package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Records;
import dev.outrigger.record.TraceContext;
import dev.outrigger.testing.Await;
import dev.outrigger.time.ManualClock;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SpanObserverTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final TraceContext traces = new TraceContext(1, new SplittableRandom(5));
    private final WallClock wall = new WallClock(new ManualClock(), Clock.fixed(START, ZoneOffset.UTC));
    private final Exporter exporter = new Exporter();
    private final DropCounter lost = new DropCounter();

    @Test
    void theSpanHasTheIdsThatTheUpstreamSaw() {
        ExchangeRecord record = Records.toolCall("echo", Duration.ofNanos(3_000_001));
        traces.start(record, TRACEPARENT, "a=1,b=2");
        String sentOn = traces.traceparent(record).toString();

        SpanData span = exported(record);

        assertEquals(sentOn, "00-" + span.getTraceId() + '-' + span.getSpanId() + "-01");
        assertEquals("b7ad6b7169203331", span.getParentSpanId());
        assertTrue(span.getParentSpanContext().isRemote());
        assertTrue(span.getSpanContext().isSampled());
        assertEquals("1", span.getSpanContext().getTraceState().get("a"));
        assertEquals(2, span.getSpanContext().getTraceState().size());
        assertEquals(SpanKind.SERVER, span.getKind());
        assertEquals(START.getEpochSecond() * 1_000_000_000L + 5_000_000_000L, span.getStartEpochNanos());
        assertEquals(3_000_001, span.getEndEpochNanos() - span.getStartEpochNanos());
        assertTrue(span.hasEnded());
    }

    @Test
    void aTraceBegunHereHasNoParent() {
        ExchangeRecord record = Records.toolCall("echo", Duration.ofMillis(3));
        traces.start(record, null, null);

        assertFalse(exported(record).getParentSpanContext().isValid());
    }

    @Test
    void aToolCallIsDescribedByTheMcpConventions() {
        ExchangeRecord record = Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 1, 2);
        record.jsonRpcId = "\"seven\"";
        record.mcpProtocolVersion = "2025-06-18";
        record.mcpSessionId = "session";
        record.clientAddress = "10.1.2.3";
        record.clientPort = 5555;
        record.userAgent = "client/1.0";

        SpanData span = exported(record);

        assertEquals("tools/call echo", span.getName());
        assertEquals("tools/call", text(span, "mcp.method.name"));
        assertEquals("echo", text(span, "gen_ai.tool.name"));
        assertEquals("execute_tool", text(span, "gen_ai.operation.name"));
        assertEquals("seven", text(span, "jsonrpc.request.id"));
        assertEquals("2025-06-18", text(span, "mcp.protocol.version"));
        assertEquals("session", text(span, "mcp.session.id"));
        assertEquals("tcp", text(span, "network.transport"));
        assertEquals("http", text(span, "network.protocol.name"));
        assertEquals("1.1", text(span, "network.protocol.version"));
        assertEquals("127.0.0.1", text(span, "server.address"));
        assertEquals(8080, number(span, "server.port"));
        assertEquals("10.1.2.3", text(span, "client.address"));
        assertEquals(5555, number(span, "client.port"));
        assertEquals("POST", text(span, "http.request.method"));
        assertEquals(200, number(span, "http.response.status_code"));
        assertEquals("/mcp", text(span, "url.path"));
        assertEquals("/mcp", text(span, "http.route"));
        assertEquals("app", text(span, "outrigger.upstream"));
        assertNull(text(span, "error.type"));
        assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
    }

    @Test
    void theModernEraHasNoSession() {
        ExchangeRecord record = Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 1, 2);
        record.mcpProtocolVersion = "2026-07-28";
        record.modern = true;
        record.mcpSessionId = "left over";
        record.endpoint = "[::1]:8080";

        SpanData span = exported(record);

        assertNull(text(span, "mcp.session.id"));
        assertEquals("::1", text(span, "server.address"));
    }

    @Test
    void whatIsNotMcpIsNamedByMethodAndRoute() {
        SpanData span = exported(Records.sampled(Records.plainHttp("GET", 404, Duration.ofMillis(3)), 1, 2));

        assertEquals("GET /mcp", span.getName());
        assertNull(text(span, "mcp.method.name"));
        assertNull(text(span, "gen_ai.operation.name"));
        assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST_TIMEOUT, ERROR, request_timeout",
        "CONNECT_REFUSED, ERROR, connect_refused",
        "BREAKER_OPEN, ERROR, breaker_open",
        "CLIENT_GONE, ERROR, client_gone",
        "NO_ROUTE, UNSET, no_route"
    })
    void anEndByTheProxyHasItsReason(Reason reason, StatusCode status, String errorType) {
        ExchangeRecord record = Records.failed(Records.toolCall("echo", Duration.ofMillis(3)), reason);

        SpanData span = exported(Records.sampled(record, 1, 2));

        assertEquals(status, span.getStatus().getStatusCode());
        assertEquals(errorType, text(span, "error.type"));
    }

    @Test
    void anErrorOfTheUpstreamIsAnError() {
        SpanData server = exported(Records.sampled(Records.plainHttp("GET", 503, Duration.ofMillis(3)), 1, 2));
        ExchangeRecord unnamed = Records.toolCall("echo", Duration.ofMillis(3));
        unnamed.outcome = Outcome.ERROR;
        SpanData other = exported(Records.sampled(unnamed, 1, 2));

        assertEquals(StatusCode.ERROR, server.getStatus().getStatusCode());
        assertEquals("503", text(server, "error.type"));
        assertEquals(StatusCode.ERROR, other.getStatus().getStatusCode());
        assertEquals("error", text(other, "error.type"));
    }

    @Test
    void aCallRecordedApartIsExportedIfItHasAnId() {
        ExchangeRecord exchange = Records.sampled(Records.plainHttp("POST", 200, Duration.ofMillis(9)), 1, 2);
        ExchangeRecord withId = Records.callOf(exchange, "echo", Duration.ofMillis(3));
        withId.spanId = traces.newSpanId();
        ExchangeRecord withoutId = Records.callOf(exchange, "add", Duration.ofMillis(3));
        ExchangeRecord unsampled = Records.callOf(exchange, "slow", Duration.ofMillis(3));
        unsampled.spanId = traces.newSpanId();
        unsampled.sampled = false;

        try (SpanObserver observer = observer()) {
            observer.onCall(withId);
            observer.onCall(withoutId);
            observer.onCall(unsampled);
            observer.onFinish(exchange);
        }

        assertEquals(
                List.of("tools/call echo", "POST /mcp"),
                exporter.spans.stream().map(SpanData::getName).toList());
    }

    @Test
    void whatIsNotSampledIsNotExported() {
        try (SpanObserver observer = observer()) {
            observer.onFinish(Records.toolCall("echo", Duration.ofMillis(3)));
        }
        assertEquals(List.of(), exporter.spans);
        assertTrue(exporter.isShutDown);
    }

    @Test
    void spansGoInBatches() {
        try (SpanObserver observer = observer()) {
            for (int i = 1; i <= 1000; i++) {
                observer.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), i, i));
            }
        }
        assertEquals(1000, exporter.spans.size());
        assertTrue(exporter.largest <= 512, "largest batch " + exporter.largest);
    }

    @Test
    void aReceiverThatIsTooSlowCostsSpansButNeverTheLoop() {
        exporter.gate = new CountDownLatch(1);
        try (SpanObserver observer = observer()) {
            for (int i = 1; i <= 20_000; i++) {
                observer.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), i, i));
            }
            assertTrue(lost.getAsLong() > 0);
            assertTrue(observer.waiting() > 0);
            long dropped = lost.getAsLong();
            exporter.gate.countDown();
            Await.until("the rest was exported", LIMIT, () -> exporter.spans.size() == 20_000 - dropped);
            assertEquals(Optional.of(START), observer.lastExport());
        }
    }

    @Test
    void spansThatTheReceiverRefusedAreCounted() {
        exporter.refuses = true;
        SpanObserver observer = observer();
        for (int i = 1; i <= 10; i++) {
            observer.onFinish(Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), i, i));
        }
        observer.close();

        assertEquals(10, lost.getAsLong());
        assertEquals(Optional.empty(), observer.lastExport());
    }

    private SpanData exported(ExchangeRecord record) {
        try (SpanObserver observer = observer()) {
            observer.onFinish(record);
        }
        return exporter.spans.get(exporter.spans.size() - 1);
    }

    private SpanObserver observer() {
        return new SpanObserver(exporter, Resource.getDefault(), wall, Duration.ZERO, LIMIT, lost);
    }

    private static @Nullable String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static @Nullable Long number(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.longKey(key));
    }

    private static final class Exporter implements SpanExporter {
        private final List<SpanData> spans = new CopyOnWriteArrayList<>();
        private volatile @Nullable CountDownLatch gate;
        private volatile boolean refuses;
        private volatile boolean isShutDown;
        private volatile int largest;

        @Override
        public CompletableResultCode export(Collection<SpanData> batch) {
            CountDownLatch closed = gate;
            if (closed != null) {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    return CompletableResultCode.ofFailure();
                }
            }
            if (refuses) {
                return CompletableResultCode.ofFailure();
            }
            spans.addAll(batch);
            largest = Math.max(largest, batch.size());
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            isShutDown = true;
            return CompletableResultCode.ofSuccess();
        }
    }
}
