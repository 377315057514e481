package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.MessageCounts;
import dev.outrigger.record.Records;
import dev.outrigger.record.StreamKind;
import dev.outrigger.record.StreamRecorder;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What MCP adds to HTTP: operations apart from exchanges, streams, sessions, errors inside of answers. */
class McpFamiliesTest {
    private final TelemetryFixture telemetry = new TelemetryFixture();

    @AfterEach
    void stop() {
        telemetry.close();
    }

    @Test
    void everyElementOfABatchIsAnOperationAndTheExchangeCountsOnce() {
        ExchangeRecord batch = Records.toolCall("", Duration.ofMillis(40));
        ExchangeRecord quick = Records.callOf(batch, "echo", Duration.ofMillis(3));
        ExchangeRecord slow = Records.callOf(batch, "slow", Duration.ofMillis(40));
        slow.toolError = true;
        slow.outcome = Outcome.ERROR;
        telemetry.record(batch).recordCalls(quick, slow).closeWindow();

        telemetry.expect(
                "mcp_tool_execution_total{status=\"success\",tool_name=\"echo\"} 1.0",
                "mcp_tool_execution_total{status=\"error\",tool_name=\"slow\"} 1.0",
                "mcp_tool_execution_duration_seconds_sum{status=\"success\",tool_name=\"echo\"} 0.003",
                "mcp_query_duration_seconds_count{server=\"app\"} 2",
                "mcp_query_errors_total{error_type=\"tool_error\",server=\"app\"} 1.0",
                "mcp_server_operation_duration_seconds_count{error_type=\"tool_error\",gen_ai_tool_name=\"slow\","
                        + "mcp_method_name=\"tools/call\"} 1",
                "http_requests_total{endpoint=\"/mcp\",method=\"POST\",status=\"200\"} 1.0",
                "http_request_duration_seconds_count{endpoint=\"/mcp\",status_class=\"2xx\"} 1",
                "circuit_breaker_calls_total{component=\"app\",outcome=\"success\"} 1.0",
                "circuit_breaker_latency_seconds_count{component=\"app\"} 1",
                "latency_quantile_seconds_count{server=\"app\",tool_name=\"echo\"} 1",
                "latency_quantile_seconds_count{server=\"app\",tool_name=\"slow\"} 1");
        telemetry.expectNone("latency_quantile_seconds_count{server=\"app\",tool_name=\"\"}");
        telemetry.expectNone("http_requests_total{endpoint=\"/mcp\",method=\"\"");
        assertEquals(1, lines("http_requests_total{"));
        assertEquals(1, lines("http_request_duration_seconds_count{"));
        assertEquals(2, lines("mcp_server_operation_duration_seconds_count{"));
    }

    @Test
    void streamsAreRequestsButNoLatency() {
        for (StreamKind kind : new StreamKind[] {StreamKind.LISTEN, StreamKind.GET, StreamKind.SSE}) {
            telemetry.record(Records.stream(kind, Duration.ofMinutes(10)));
        }
        telemetry.closeWindow();

        telemetry.expect(
                "http_requests_total{endpoint=\"/mcp\",method=\"GET\",status=\"200\"} 2.0",
                "http_requests_total{endpoint=\"/mcp\",method=\"POST\",status=\"200\"} 1.0",
                "circuit_breaker_calls_total{component=\"app\",outcome=\"success\"} 3.0",
                "mcp_server_operation_duration_seconds_count{error_type=\"\",gen_ai_tool_name=\"\","
                        + "mcp_method_name=\"subscriptions/listen\"} 1",
                "outrigger_overhead_seconds_count{endpoint=\"/mcp\"} 3");
        telemetry.expectNone("http_request_duration_seconds_");
        telemetry.expectNone("mcp_query_duration_seconds_");
        telemetry.expectNone("latency_quantile_seconds");
        telemetry.expectNone("circuit_breaker_latency_seconds_");
        assertEquals(1, lines("mcp_server_operation_duration_seconds_count{"));
    }

    @Test
    void anAnswerAsEventStreamIsLatency() {
        ExchangeRecord call = Records.toolCall("echo", Duration.ofMillis(30));
        call.stream = StreamKind.CALL;
        telemetry.record(call);

        telemetry.expect(
                "http_request_duration_seconds_count{endpoint=\"/mcp\",status_class=\"2xx\"} 1",
                "mcp_query_duration_seconds_count{server=\"app\"} 1",
                "circuit_breaker_latency_seconds_count{component=\"app\"} 1",
                "latency_quantile_seconds_count{server=\"app\",tool_name=\"echo\"} 1");
    }

    @Test
    void aFailedListenIsAnErrorOfTheUpstream() {
        ExchangeRecord listen = Records.stream(StreamKind.LISTEN, Duration.ofMinutes(10));
        telemetry.record(Records.failed(listen, Reason.CLOSED_IN_RESPONSE));

        telemetry.expect("mcp_query_errors_total{error_type=\"closed_in_response\",server=\"app\"} 1.0");
    }

    @Test
    void whatTheCallerDidWrongIsAnErrorOfTheToolsStatusOnly() {
        telemetry.record(
                Records.rpcError(Records.toolCall("echo", Duration.ofMillis(1)), -32602),
                Records.rpcError(Records.toolCall("echo", Duration.ofMillis(1)), -32603),
                Records.rpcError(Records.toolCall("echo", Duration.ofMillis(1)), 17));

        String rest = ",gen_ai_tool_name=\"echo\",mcp_method_name=\"tools/call\"} 1";
        telemetry.expect(
                "mcp_tool_execution_total{status=\"error\",tool_name=\"echo\"} 3.0",
                "mcp_server_operation_duration_seconds_count{error_type=\"\"" + rest,
                "mcp_server_operation_duration_seconds_count{error_type=\"-32603\"" + rest,
                "mcp_server_operation_duration_seconds_count{error_type=\"other\"" + rest,
                "mcp_query_errors_total{error_type=\"-32603\",server=\"app\"} 1.0",
                "mcp_query_errors_total{error_type=\"other\",server=\"app\"} 1.0",
                "circuit_breaker_calls_total{component=\"app\",outcome=\"success\"} 3.0");
        assertEquals(2, lines("mcp_query_errors_total{"));
    }

    @Test
    void aCallThatWasCancelledIsNamedSoAndNoError() {
        ExchangeRecord call = Records.toolCall("slow", Duration.ofSeconds(1));
        call.outcome = Outcome.CANCELLED;
        call.breaker = BreakerMark.NONE;
        telemetry.record(call);

        telemetry.expect(
                "mcp_tool_execution_total{status=\"cancelled\",tool_name=\"slow\"} 1.0",
                "mcp_server_operation_duration_seconds_count{error_type=\"cancelled\",gen_ai_tool_name=\"slow\","
                        + "mcp_method_name=\"tools/call\"} 1");
        telemetry.expectNone("mcp_query_errors_total{");
    }

    @Test
    void streamsShowByKind() {
        StreamRecorder calls = telemetry.loop.stream("app", StreamKind.CALL);
        for (int i = 0; i < 3; i++) {
            calls.opened();
            calls.event();
            calls.firstEvent(4_000_000);
            calls.event();
            calls.closed(20_000_000);
        }
        telemetry.loop.stream("app", StreamKind.SSE).opened();
        telemetry.loop.stream("standby", StreamKind.GET).opened();

        telemetry.expect(
                "mcp_streams_active{kind=\"call\",server=\"app\"} 0.0",
                "mcp_streams_active{kind=\"sse\",server=\"app\"} 1.0",
                "mcp_streams_active{kind=\"get\",server=\"standby\"} 1.0",
                "mcp_stream_events_total{kind=\"call\",server=\"app\"} 6.0",
                "mcp_stream_events_total{kind=\"sse\",server=\"app\"} 0.0",
                "mcp_stream_duration_seconds_count{kind=\"call\",server=\"app\"} 3",
                "mcp_stream_duration_seconds_sum{kind=\"call\",server=\"app\"} 0.06",
                "mcp_stream_duration_seconds_bucket{kind=\"call\",server=\"app\",le=\"0.02\"} 3",
                "mcp_time_to_first_event_seconds_count{kind=\"call\",server=\"app\"} 3",
                "mcp_time_to_first_event_seconds_bucket{kind=\"call\",server=\"app\",le=\"0.005\"} 3");
        telemetry.expectNone("mcp_stream_duration_seconds_count{kind=\"sse\"");
    }

    @Test
    void messagesShowByWhoSentThem() {
        MessageCounts app = telemetry.loop.messages("app");
        app.clientRequests = 1;
        app.clientNotifications = 2;
        app.clientResponses = 3;
        app.serverRequests = 4;
        app.serverNotifications = 5;
        app.serverResponses = 6;
        app.serverErrors = 7;

        telemetry.expect(
                "mcp_messages_total{direction=\"client\",kind=\"request\",server=\"app\"} 1.0",
                "mcp_messages_total{direction=\"client\",kind=\"notification\",server=\"app\"} 2.0",
                "mcp_messages_total{direction=\"client\",kind=\"response\",server=\"app\"} 3.0",
                "mcp_messages_total{direction=\"server\",kind=\"request\",server=\"app\"} 4.0",
                "mcp_messages_total{direction=\"server\",kind=\"notification\",server=\"app\"} 5.0",
                "mcp_messages_total{direction=\"server\",kind=\"response\",server=\"app\"} 6.0",
                "mcp_messages_total{direction=\"server\",kind=\"error\",server=\"app\"} 7.0");
        assertEquals(7, lines("mcp_messages_total{"));
    }

    @Test
    void sessionsShowFromZeroOnWithTheirWholeDuration() {
        telemetry.expect("mcp_sessions_active 0.0", "mcp_server_session_duration_seconds_count 0");
        telemetry.sessionsActive = 5;
        telemetry.endSession(Duration.ofSeconds(90)).endSession(Duration.ofHours(8));

        telemetry.expect(
                "mcp_sessions_active 5.0",
                "mcp_server_session_duration_seconds_count 2",
                "mcp_server_session_duration_seconds_sum 28890.0",
                "mcp_server_session_duration_seconds_bucket{le=\"60.0\"} 0",
                "mcp_server_session_duration_seconds_bucket{le=\"120.0\"} 1",
                "mcp_server_session_duration_seconds_bucket{le=\"300.0\"} 1",
                "mcp_server_session_duration_seconds_bucket{le=\"+Inf\"} 2");
        telemetry.expectNone("mcp_server_session_duration_seconds_bucket{le=\"0.005\"}");
    }

    @Test
    void theOverheadIsShownByRoute() {
        telemetry.record(
                Records.toolCall("echo", Duration.ofMillis(3)),
                Records.plainHttp("GET", 200, Duration.ofMillis(3)),
                Records.failed(Records.toolCall("echo", Duration.ofMillis(3)), Reason.BREAKER_OPEN));

        telemetry.expect(
                "outrigger_overhead_seconds_count{endpoint=\"/mcp\"} 2",
                "outrigger_overhead_seconds_sum{endpoint=\"/mcp\"} 8.0E-5",
                "outrigger_overhead_seconds_bucket{endpoint=\"/mcp\",le=\"0.001\"} 2");
    }

    private long lines(String prefix) {
        return telemetry.samples().stream()
                .filter(line -> line.startsWith(prefix))
                .count();
    }
}
