package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.Records;
import dev.outrigger.record.RefusalReason;
import dev.outrigger.record.UpstreamGauges;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.upstream.EndpointStatus;
import dev.outrigger.upstream.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrometheusCollectorTest {
    private final TelemetryFixture telemetry = new TelemetryFixture();

    @AfterEach
    void stop() {
        telemetry.close();
    }

    @Test
    void toolCallsAreCountedByOutcome() {
        ExchangeRecord brokenOff = Records.toolCall("echo", Duration.ofMillis(30));
        telemetry.record(
                Records.toolCall("echo", Duration.ofMillis(3)),
                Records.toolCall("echo", Duration.ofMillis(4)),
                Records.failed(brokenOff, Reason.CLOSED_IN_RESPONSE),
                Records.failed(Records.toolCall("slow", Duration.ofSeconds(15)), Reason.REQUEST_TIMEOUT),
                Records.failed(Records.toolCall("slow", Duration.ofNanos(9)), Reason.BREAKER_OPEN),
                Records.failed(Records.toolCall("slow", Duration.ofSeconds(1)), Reason.CLIENT_GONE));

        expect(
                "mcp_tool_execution_total{status=\"success\",tool_name=\"echo\"} 2.0",
                "mcp_tool_execution_total{status=\"error\",tool_name=\"echo\"} 1.0",
                "mcp_tool_execution_total{status=\"timeout\",tool_name=\"slow\"} 1.0",
                "mcp_tool_execution_total{status=\"rejected\",tool_name=\"slow\"} 1.0",
                "mcp_tool_execution_total{status=\"cancelled\",tool_name=\"slow\"} 1.0",
                "mcp_tool_execution_duration_seconds_count{status=\"success\",tool_name=\"echo\"} 2",
                "mcp_tool_execution_duration_seconds_sum{status=\"success\",tool_name=\"echo\"} 0.007",
                "mcp_tool_execution_duration_seconds_bucket{status=\"success\",tool_name=\"echo\",le=\"0.002\"} 0",
                "mcp_tool_execution_duration_seconds_bucket{status=\"success\",tool_name=\"echo\",le=\"0.005\"} 2");
    }

    @Test
    void mcpErrorsAreCountedByUpstreamUnlessTheClientLeft() {
        telemetry.record(
                Records.toolCall("echo", Duration.ofMillis(3)),
                Records.failed(Records.toolCall("slow", Duration.ofSeconds(15)), Reason.REQUEST_TIMEOUT),
                Records.failed(Records.toolCall("slow", Duration.ofNanos(9)), Reason.BREAKER_OPEN),
                Records.failed(Records.toolCall("slow", Duration.ofSeconds(1)), Reason.CLIENT_GONE));
        ExchangeRecord upstreamsOwn = Records.toolCall("echo", Duration.ofMillis(1));
        upstreamsOwn.status = 503;
        upstreamsOwn.outcome = Outcome.ERROR;
        ExchangeRecord unnamed = Records.toolCall("echo", Duration.ofMillis(1));
        unnamed.outcome = Outcome.ERROR;
        telemetry.record(upstreamsOwn, unnamed);

        expect(
                "mcp_query_duration_seconds_count{server=\"app\"} 6",
                "mcp_query_errors_total{error_type=\"request_timeout\",server=\"app\"} 1.0",
                "mcp_query_errors_total{error_type=\"breaker_open\",server=\"app\"} 1.0",
                "mcp_query_errors_total{error_type=\"503\",server=\"app\"} 1.0",
                "mcp_query_errors_total{error_type=\"error\",server=\"app\"} 1.0");
        expectNone("mcp_query_errors_total{error_type=\"client_gone\"");
    }

    @Test
    void operationsHaveOpenTelemetrysBoundaries() {
        ExchangeRecord list = Records.toolCall(ExchangeRecord.NONE, Duration.ofMillis(3));
        list.mcpMethod = "tools/list";
        telemetry.record(list, Records.toolCall("echo", Duration.ofMillis(15)));

        String listed = "error_type=\"\",gen_ai_tool_name=\"\",mcp_method_name=\"tools/list\"";
        String called = "error_type=\"\",gen_ai_tool_name=\"echo\",mcp_method_name=\"tools/call\"";
        expect(
                "mcp_server_operation_duration_seconds_bucket{" + listed + ",le=\"0.01\"} 1",
                "mcp_server_operation_duration_seconds_bucket{" + called + ",le=\"0.01\"} 0",
                "mcp_server_operation_duration_seconds_bucket{" + called + ",le=\"0.02\"} 1",
                "mcp_server_operation_duration_seconds_bucket{" + called + ",le=\"300.0\"} 1",
                "mcp_server_operation_duration_seconds_bucket{" + called + ",le=\"+Inf\"} 1");
        expectNone("mcp_server_operation_duration_seconds_bucket{" + listed + ",le=\"0.005\"}");
    }

    @Test
    void httpCountsEverything() {
        ExchangeRecord lost = Records.failed(Records.plainHttp("GET", 404, Duration.ofMillis(1)), Reason.NO_ROUTE);
        lost.route = "none";
        lost.upstream = ExchangeRecord.NONE;
        lost.status = 404;
        ExchangeRecord gone = Records.plainHttp("GET", 0, Duration.ofMillis(1));
        gone.outcome = Outcome.CANCELLED;
        telemetry.record(
                Records.toolCall("echo", Duration.ofMillis(3)),
                Records.plainHttp("GET", 200, Duration.ofMillis(1)),
                Records.plainHttp("GET", 503, Duration.ofMillis(1)),
                lost,
                gone);

        expect(
                "http_requests_total{endpoint=\"/mcp\",method=\"POST\",status=\"200\"} 1.0",
                "http_requests_total{endpoint=\"/mcp\",method=\"GET\",status=\"200\"} 1.0",
                "http_requests_total{endpoint=\"/mcp\",method=\"GET\",status=\"503\"} 1.0",
                "http_requests_total{endpoint=\"none\",method=\"GET\",status=\"404\"} 1.0",
                "http_requests_total{endpoint=\"/mcp\",method=\"GET\",status=\"none\"} 1.0",
                "http_request_duration_seconds_count{endpoint=\"/mcp\",status_class=\"2xx\"} 2",
                "http_request_duration_seconds_count{endpoint=\"/mcp\",status_class=\"5xx\"} 1",
                "http_request_duration_seconds_count{endpoint=\"none\",status_class=\"4xx\"} 1",
                "http_request_duration_seconds_count{endpoint=\"/mcp\",status_class=\"none\"} 1");
        expectNone("mcp_query_duration_seconds_count{server=\"\"");
    }

    @Test
    void breakersShowTheirCallsFromZeroOn() {
        telemetry.record(
                Records.toolCall("echo", Duration.ofMillis(3)),
                Records.failed(Records.toolCall("echo", Duration.ofMillis(3)), Reason.CONNECT_REFUSED),
                Records.failed(Records.toolCall("echo", Duration.ofNanos(9)), Reason.BREAKER_OPEN),
                Records.failed(Records.toolCall("echo", Duration.ofMillis(3)), Reason.CLIENT_GONE));

        expect(
                "circuit_breaker_calls_total{component=\"app\",outcome=\"success\"} 1.0",
                "circuit_breaker_calls_total{component=\"app\",outcome=\"failure\"} 1.0",
                "circuit_breaker_calls_total{component=\"app\",outcome=\"rejected\"} 1.0",
                "circuit_breaker_calls_total{component=\"standby\",outcome=\"success\"} 0.0",
                "circuit_breaker_calls_total{component=\"standby\",outcome=\"rejected\"} 0.0",
                "circuit_breaker_latency_seconds_count{component=\"app\"} 2",
                "circuit_breaker_state{component=\"app\",state=\"closed\"} 1.0",
                "circuit_breaker_state{component=\"app\",state=\"open\"} 0.0",
                "circuit_breaker_state{component=\"app\",state=\"half_open\"} 0.0",
                "circuit_breaker_transitions_total{component=\"app\",state=\"open\"} 0.0",
                "circuit_breaker_failure_rate{component=\"standby\"} 0.0");
    }

    @Test
    void anOpenBreakerAndASickEndpointShow() {
        CircuitBreaker breaker = telemetry.upstreams.get(1).breaker();
        for (int i = 0; i < 5; i++) {
            breaker.leave(breaker.tryEnter(0), CircuitBreaker.Verdict.FAILURE, 0);
        }
        telemetry.upstreams.get(0).endpoints().get(1).status(new EndpointStatus(false, "connect refused", 0, 1));

        expect(
                "mcp_servers_connected 1.0",
                "circuit_breaker_state{component=\"standby\",state=\"open\"} 1.0",
                "circuit_breaker_transitions_total{component=\"standby\",state=\"open\"} 1.0",
                "upstream_endpoint_healthy{endpoint=\"0\",server=\"app\"} 1.0",
                "upstream_endpoint_healthy{endpoint=\"1\",server=\"app\"} 0.0");
    }

    @Test
    void quantilesAreThoseOfTheClosedWindow() {
        for (int i = 1; i <= 100; i++) {
            telemetry.record(Records.toolCall("echo", Duration.ofMillis(i)));
        }
        expectNone("latency_quantile_seconds{");
        telemetry.closeWindow().record(Records.toolCall("echo", Duration.ofSeconds(9)));

        String echo = "server=\"app\",tool_name=\"echo\"";
        expect(
                "latency_quantile_seconds_count{" + echo + "} 101",
                "latency_quantile_seconds{" + echo + ",quantile=\"0.5\"} 0.050015",
                "latency_quantile_seconds{" + echo + ",quantile=\"0.99\"} 0.099007",
                "latency_quantile_seconds{" + echo + ",quantile=\"1.0\"} 0.100031");
        telemetry.closeWindow().closeWindow();
        expectNone("latency_quantile_seconds{");
    }

    @Test
    void connectionsAreSplitIntoActiveAndIdle() {
        UpstreamGauges app = telemetry.loop.upstream("app");
        app.connections = 7;
        app.idle = 5;
        app.pending = 3;
        app.connects = 20;
        app.connectFailures = 2;
        telemetry.loop.downstreamConnections = 11;
        telemetry.loop.exchangesActive = 4;
        telemetry.loop.connectionsAccepted = 100;
        telemetry.loop.connectionsRefused = 1;
        telemetry.loop.listener("inbound").refused(Records.refused(RefusalReason.FRAMING));
        telemetry.loop.listener("inbound").closed(CloseReason.SLOW_READ);

        expect(
                "upstream_connections{server=\"app\",state=\"active\"} 2.0",
                "upstream_connections{server=\"app\",state=\"idle\"} 5.0",
                "upstream_pending{server=\"app\"} 3.0",
                "upstream_connects_total{server=\"app\"} 20.0",
                "upstream_connect_failures_total{server=\"app\"} 2.0",
                "outrigger_downstream_connections 11.0",
                "outrigger_exchanges_active 4.0",
                "outrigger_downstream_connections_accepted_total 100.0",
                "outrigger_downstream_connections_refused_total 1.0",
                "outrigger_requests_refused_total{listener=\"inbound\",reason=\"framing\"} 1.0",
                "outrigger_requests_refused_total{listener=\"inbound\",reason=\"host\"} 0.0",
                "outrigger_connections_closed_total{listener=\"inbound\",reason=\"slow_read\"} 1.0");
    }

    @Test
    void theSidecarTellsOfItself() {
        telemetry.clock.advance(Duration.ofSeconds(90));

        expect(
                "mcp_orchestrator_uptime_seconds 90.0",
                "outrigger_build_info{java=\"17\",revision=\"abc\",version=\"1.2.3\"} 1",
                "outrigger_direct_memory_bytes 4096.0",
                "outrigger_telemetry_dropped_total{kind=\"access_log\"} 3.0",
                "outrigger_telemetry_dropped_total{kind=\"spans\"} 0.0",
                "outrigger_telemetry_dropped_total{kind=\"series\"} 0.0");
        assertTrue(telemetry.samples().stream().anyMatch(line -> line.startsWith("process_cpu_seconds_total ")));
        assertTrue(telemetry.samples().stream().anyMatch(line -> line.startsWith("jvm_memory_used_bytes{")));
    }

    @Test
    void theConfigurationTellsHowItFares() {
        expect(
                "outrigger_config_reloads_total{result=\"success\"} 2.0",
                "outrigger_config_reloads_total{result=\"unchanged\"} 0.0",
                "outrigger_config_reloads_total{result=\"failure\"} 1.0",
                "outrigger_config_hash 2.81474976710653E14",
                "outrigger_config_last_success_timestamp_seconds " + (TelemetryFixture.START.getEpochSecond() + 0.25),
                "outrigger_config_last_reload_successful 1.0");
    }

    @Test
    void beforeTheFirstSuccessThereIsNoTimeOfIt() {
        telemetry.config = new ConfigFigures(telemetry.config.reloadsByResult(), 0, Optional.empty(), false);

        expectNone("outrigger_config_last_success_timestamp_seconds");
        expect("outrigger_config_hash 0.0");
    }

    @Test
    void aRefusedReloadIsToldUntilTheNext() {
        ConfigFigures before = telemetry.config;
        telemetry.config = new ConfigFigures(before.reloadsByResult(), before.hash48(), before.lastSuccess(), true);
        expect("outrigger_config_last_reload_successful 0.0");

        telemetry.config = before;
        expect("outrigger_config_last_reload_successful 1.0");
    }

    @Test
    void familiesAgree() {
        for (int i = 0; i < 300; i++) {
            ExchangeRecord record = Records.toolCall("tool-" + i % 7, Duration.ofMillis(i));
            record.breaker = BreakerMark.SUCCESS;
            telemetry.record(record);
        }

        List<String> samples = telemetry.samples();
        assertEquals(300, sum(samples, "mcp_tool_execution_total{"));
        assertEquals(300, sum(samples, "mcp_tool_execution_duration_seconds_count{"));
        assertEquals(300, sum(samples, "mcp_server_operation_duration_seconds_count{"));
        assertEquals(300, sum(samples, "mcp_query_duration_seconds_count{"));
        assertEquals(300, sum(samples, "http_requests_total{"));
        assertEquals(300, sum(samples, "http_request_duration_seconds_count{"));
        assertEquals(300, sum(samples, "circuit_breaker_calls_total{"));
        assertEquals(300, sum(samples, "circuit_breaker_latency_seconds_count{"));
        assertEquals(300, sum(samples, "latency_quantile_seconds_count{"));
    }

    @Test
    void noAddressOfAnUpstreamShows() {
        telemetry.record(Records.toolCall("echo", Duration.ofMillis(3)));

        String page = telemetry.page("");
        for (Upstream upstream : telemetry.upstreams) {
            upstream.endpoints().forEach(endpoint -> assertTrue(!page.contains(endpoint.name()), endpoint.name()));
        }
        assertTrue(!page.contains("127.0.0.1"), "the endpoint of the record");
    }

    private void expect(String... samples) {
        telemetry.expect(samples);
    }

    private void expectNone(String prefix) {
        telemetry.expectNone(prefix);
    }

    private static double sum(List<String> samples, String prefix) {
        return samples.stream()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
