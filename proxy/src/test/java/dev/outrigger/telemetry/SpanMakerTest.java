package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Hex;
import dev.outrigger.record.Records;
import dev.outrigger.record.Retried;
import dev.outrigger.record.RetryReason;
import dev.outrigger.record.TraceContext;
import dev.outrigger.time.ManualClock;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, attributes, status and relations of spans after OpenTelemetry's conventions for MCP. */
class SpanMakerTest {
    private static final String HTTP_CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String META_CONTEXT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private final TraceContext traces = new TraceContext(1, new SplittableRandom(5));
    private final SpanMaker maker =
            new SpanMaker(Resource.getDefault(), new WallClock(new ManualClock(), Clock.systemUTC()));

    @Test
    void eachAttemptBeforeTheLastIsAnEvent() {
        ExchangeRecord record = operation("tools/list");
        record.addRetried(new Retried(record.startNanos + 5, "10.0.0.1:80", RetryReason.CONNECT, 0));
        record.addRetried(new Retried(record.startNanos + 9, "10.0.0.2:80", RetryReason.STATUS, 503));

        SpanData span = maker.spanOf(record);

        assertEquals(2, span.getTotalRecordedEvents());
        assertEquals(span.getStartEpochNanos() + 5, span.getEvents().get(0).getEpochNanos());
        assertEquals(
                "{outrigger.endpoint=\"10.0.0.1:80\", outrigger.retry.reason=\"connect\"}",
                span.getEvents().get(0).getAttributes().toString());
        assertEquals(
                503L, span.getEvents().get(1).getAttributes().get(AttributeKey.longKey("http.response.status_code")));
    }

    @Test
    void aPromptIsInTheName() {
        ExchangeRecord record = operation("prompts/get");
        record.promptName = "summarize";

        SpanData span = maker.spanOf(record);

        assertEquals("prompts/get summarize", span.getName());
        assertEquals("summarize", text(span, "gen_ai.prompt.name"));
        assertNull(text(span, "gen_ai.operation.name"));
    }

    @Test
    void aResourceIsAnAttributeButNeverInTheName() {
        ExchangeRecord record = operation("resources/read");
        record.resourceUri = "file:///home/user/report.pdf";

        SpanData span = maker.spanOf(record);

        assertEquals("resources/read", span.getName());
        assertEquals("file:///home/user/report.pdf", text(span, "mcp.resource.uri"));
    }

    @Test
    void whatCallersChooseFreelyIsBounded() {
        ExchangeRecord record = operation("prompts/get");
        record.promptName = "p".repeat(100_000);
        record.resourceUri = "u".repeat(100_000);

        SpanData span = maker.spanOf(record);

        assertEquals("prompts/get ".length() + 256, span.getName().length());
        assertEquals(256, text(span, "gen_ai.prompt.name").length());
        assertEquals(2048, text(span, "mcp.resource.uri").length());
    }

    @Test
    void anIdOfNullIsNone() {
        ExchangeRecord record = operation("tools/list");
        record.jsonRpcId = "null";
        assertNull(text(maker.spanOf(record), "jsonrpc.request.id"));
        record.jsonRpcId = "\"null\"";
        assertEquals("null", text(maker.spanOf(record), "jsonrpc.request.id"));
    }

    @ParameterizedTest
    @CsvSource({"-32603, -32603, -32603", "-32000, -32000, -32000", "12345, 12345, other"})
    void anErrorOfTheServerIsNamedByItsCode(int code, String statusCode, String errorType) {
        SpanData span = maker.spanOf(Records.rpcError(operation("tools/call"), code));

        assertEquals(statusCode, text(span, "rpc.response.status_code"));
        assertEquals(errorType, text(span, "error.type"));
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
    }

    @ParameterizedTest
    @ValueSource(ints = {-32700, -32600, -32601, -32602, -32002})
    void whatTheCallerDidWrongIsNoErrorOfTheSpan(int code) {
        SpanData span = maker.spanOf(Records.rpcError(operation("tools/call"), code));

        assertEquals(Integer.toString(code), text(span, "rpc.response.status_code"));
        assertNull(text(span, "error.type"));
        assertEquals(StatusCode.UNSET, span.getStatus().getStatusCode());
    }

    @Test
    void aToolsOwnErrorIsAToolErrorWithoutACode() {
        ExchangeRecord record = Records.sampled(Records.toolCall("echo", Duration.ofMillis(3)), 1, 2);
        record.toolError = true;
        record.outcome = Outcome.ERROR;

        SpanData span = maker.spanOf(record);

        assertEquals("tool_error", text(span, "error.type"));
        assertEquals(StatusCode.ERROR, span.getStatus().getStatusCode());
        assertNull(text(span, "rpc.response.status_code"));
    }

    @ParameterizedTest
    @CsvSource({"BREAKER_OPEN, ERROR", "POOL_FULL, ERROR", "MALFORMED_REQUEST, UNSET", "CLIENT_GONE, UNSET"})
    void aRefusalInAnAnswerOf200IsAnErrorUnlessTheCallerIsToBlame(Reason reason, StatusCode status) {
        ExchangeRecord record = Records.failed(operation("tools/list"), reason);
        record.status = 200;

        SpanData span = maker.spanOf(record);

        assertEquals(status, span.getStatus().getStatusCode());
        assertEquals(reason.label(), text(span, "error.type"));
    }

    @Test
    void aSessionIsOfTheLegacyEraOnly() {
        ExchangeRecord record = operation("tools/list");
        record.mcpSessionId = "session";
        record.mcpProtocolVersion = "2025-11-25";
        SpanData legacy = maker.spanOf(record);
        record.modern = true;
        record.mcpProtocolVersion = "2026-07-28";
        SpanData modern = maker.spanOf(record);

        assertEquals("session", text(legacy, "mcp.session.id"));
        assertEquals("2025-11-25", text(legacy, "mcp.protocol.version"));
        assertNull(text(modern, "mcp.session.id"));
        assertEquals("2026-07-28", text(modern, "mcp.protocol.version"));
    }

    @Test
    void theContextOfTheMessageIsTheParentAndTheOneOfTheHeaderALink() {
        ExchangeRecord record = operation("tools/list");
        traces.start(record, HTTP_CONTEXT, null);
        traces.startFromMeta(record, META_CONTEXT, null);

        SpanData span = maker.spanOf(record);

        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", span.getTraceId());
        assertEquals("00f067aa0ba902b7", span.getParentSpanId());
        assertTrue(span.getParentSpanContext().isRemote());
        assertEquals(1, span.getTotalRecordedLinks());
        SpanContext linked = span.getLinks().get(0).getSpanContext();
        assertEquals("0af7651916cd43dd8448eb211c80319c", linked.getTraceId());
        assertEquals("b7ad6b7169203331", linked.getSpanId());
        assertTrue(linked.isSampled());
    }

    @Test
    void withoutALinkThereIsNone() {
        assertEquals(0, maker.spanOf(operation("tools/list")).getLinks().size());
    }

    @Test
    void anExchangeWhoseOperationsAreApartIsAnHttpSpan() {
        ExchangeRecord batch = operation("tools/list");
        batch.operationsApart = true;

        SpanData span = maker.spanOf(batch);

        assertEquals("POST /mcp", span.getName());
        assertNull(text(span, "mcp.method.name"));
        assertEquals("POST", text(span, "http.request.method"));
    }

    @Test
    void aCallRecordedApartIsAChildOfItsExchange() {
        ExchangeRecord batch = Records.toolCall("", Duration.ofMillis(40));
        traces.start(batch, HTTP_CONTEXT, "vendor=1");
        batch.clientAddress = "10.1.2.3";
        ExchangeRecord call = Records.callOf(batch, "echo", Duration.ofMillis(3));
        call.spanId = traces.newSpanId();

        SpanData span = maker.spanOf(call);

        assertEquals("tools/call echo", span.getName());
        assertEquals(SpanKind.SERVER, span.getKind());
        assertEquals("0af7651916cd43dd8448eb211c80319c", span.getTraceId());
        assertEquals(Hex.of(batch.spanId), span.getParentSpanId());
        assertFalse(span.getParentSpanContext().isRemote());
        assertEquals(Hex.of(call.spanId), span.getSpanId());
        assertEquals(3_000_000, span.getEndEpochNanos() - span.getStartEpochNanos());
        assertEquals("execute_tool", text(span, "gen_ai.operation.name"));
        assertEquals("10.1.2.3", text(span, "client.address"));
        assertEquals("http", text(span, "network.protocol.name"));
        assertNull(text(span, "http.request.method"));
        assertNull(text(span, "url.path"));
    }

    private static ExchangeRecord operation(String method) {
        ExchangeRecord record = Records.sampled(Records.toolCall("", Duration.ofMillis(3)), 1, 2);
        record.mcpMethod = method;
        return record;
    }

    private static @Nullable String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }
}
