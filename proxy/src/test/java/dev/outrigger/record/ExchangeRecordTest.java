package dev.outrigger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeRecordTest {
    private final ExchangeRecord record = Records.toolCall("echo", Duration.ofMillis(3));

    @Test
    void aSuccessHasNoErrorType() {
        assertEquals("", record.errorType());
        assertFalse(record.isCallersError());
    }

    @Test
    void aToolsOwnErrorIsAToolError() {
        record.toolError = true;

        assertEquals("tool_error", record.errorType());
    }

    @ParameterizedTest
    @CsvSource({
        "-32603, -32603",
        "-32000, -32000",
        "-32768, -32768",
        "-32020, -32020",
        "-31999, other",
        "-32769, other",
        "0, other",
        "2147483647, other",
        "-2147483648, other"
    })
    void aJsonRpcErrorIsNamedByItsCodeInTheReservedRange(int code, String errorType) {
        Records.rpcError(record, code);

        assertEquals(errorType, record.errorType());
        assertSame(record.errorType(), record.errorType(), "made once");
        assertFalse(record.isCallersError());
    }

    @ParameterizedTest
    @ValueSource(ints = {-32700, -32600, -32601, -32602, -32002})
    void whatTheCallerDidWrongIsNoErrorOfTheServer(int code) {
        Records.rpcError(record, code);
        record.status = 400;

        assertEquals("", record.errorType());
        assertTrue(record.isCallersError());
    }

    @Test
    void aServersStatusIsItsErrorWhateverTheBodyBlames() {
        Records.rpcError(record, -32602);
        record.status = 500;

        assertEquals("500", record.errorType());
        assertFalse(record.isCallersError());
    }

    @Test
    void theProxysReasonComesFirst() {
        record.toolError = true;
        Records.rpcError(record, -32602);
        record.reason = Reason.REQUEST_TIMEOUT;

        assertEquals("request_timeout", record.errorType());
        assertFalse(record.isCallersError());
    }

    @Test
    void aCallBeginsWithWhatItsExchangeIs() {
        Records.sampled(record, 7, 8);
        record.generation = 3;
        record.parentSpanId = 6;
        record.traceState = "vendor=1";
        record.traceIdRandom = true;
        record.listener = "inbound";
        record.clientAddress = "10.1.2.3";
        record.clientPort = 5555;
        record.requestId = "req-1";
        record.mcpSessionId = "session";
        record.mcpProtocolVersion = "2025-03-26";

        ExchangeRecord call = record.newCall();

        assertTrue(call.isCall());
        assertEquals(record.startNanos, call.startNanos);
        assertEquals(3, call.generation);
        assertEquals("/mcp inbound HTTP/1.1", call.route + ' ' + call.listener + ' ' + call.protocol);
        assertEquals("10.1.2.3 5555 req-1", call.clientAddress + ' ' + call.clientPort + ' ' + call.requestId);
        assertEquals("app 127.0.0.1:8080", call.upstream + ' ' + call.endpoint);
        assertEquals("session 2025-03-26", call.mcpSessionId + ' ' + call.mcpProtocolVersion);
        assertEquals(7, call.traceIdHigh);
        assertEquals(7, call.traceIdLow);
        assertEquals(8, call.parentSpanId, "a child of the exchange");
        assertTrue(call.sampled);
        assertTrue(call.traceIdRandom);
        assertEquals("vendor=1", call.traceState);
        assertFalse(call.hasRemoteParent());
    }

    @Test
    void whatACallIsAndHowItEndsIsLeftOpen() {
        record.jsonRpcId = "1";
        record.outcome = Outcome.ERROR;
        record.toolError = true;

        ExchangeRecord call = record.newCall();

        assertEquals("", call.httpMethod + call.mcpMethod + call.tool + call.promptName);
        assertNull(call.jsonRpcId);
        assertEquals(0, call.spanId);
        assertEquals(0, call.endNanos);
        assertEquals(0, call.status);
        assertEquals(Outcome.SUCCESS, call.outcome);
        assertEquals("", call.errorType());
        assertEquals(BreakerMark.NONE, call.breaker);
    }

    @Test
    void anExchangesParentIsRemote() {
        assertFalse(record.hasRemoteParent(), "it has none");
        record.parentSpanId = 5;

        assertTrue(record.hasRemoteParent());
        assertFalse(record.isCall());
    }
}
