package dev.outrigger.telemetry;

import dev.outrigger.failure.Outcome;
import dev.outrigger.record.BreakerMark;
import dev.outrigger.record.SeriesKey;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.function.Consumer;

/** The families that are sums over the loops' series: tools, MCP operations, upstreams, breakers, HTTP. One scrape each. */
final class ExchangeFamilies {
    private static final String TOOLS_CALL = "tools/call";

    private final CounterFamily toolCalls =
            new CounterFamily("mcp_tool_execution", "Tool calls by how they ended.", "tool_name", "status");
    private final HistogramFamily toolDurations = new HistogramFamily(
            "mcp_tool_execution_duration_seconds",
            "Duration of tool calls, from the request's first byte to the end of its answer.",
            0,
            "tool_name",
            "status");
    private final HistogramFamily queryDurations =
            new HistogramFamily("mcp_query_duration_seconds", "Duration of MCP exchanges by upstream.", 0, "server");
    private final CounterFamily queryErrors = new CounterFamily(
            "mcp_query_errors", "MCP exchanges that did not succeed, unless the client left.", "server", "error_type");
    private final HistogramFamily operations = new HistogramFamily(
            "mcp_server_operation_duration_seconds",
            "Duration of MCP operations, after the OpenTelemetry conventions.",
            DurationBuckets.OTEL_FIRST,
            "mcp_method_name",
            "gen_ai_tool_name",
            "error_type");
    private final CounterFamily breakerCalls = new CounterFamily(
            "circuit_breaker_calls", "Calls by what they told the upstream's circuit breaker.", "component", "outcome");
    private final HistogramFamily breakerLatencies = new HistogramFamily(
            "circuit_breaker_latency_seconds",
            "Duration of the calls that the upstream's circuit breaker let pass.",
            0,
            "component");
    private final CounterFamily httpRequests = new CounterFamily(
            "http_requests", "Exchanges by method, route and status.", "method", "endpoint", "status");
    private final HistogramFamily httpDurations = new HistogramFamily(
            "http_request_duration_seconds",
            "Duration of exchanges by route and class of status.",
            0,
            "endpoint",
            "status_class");

    /** Makes a breaker show zeros before its first call. */
    void expectBreaker(String component) {
        for (BreakerMark mark : BreakerMark.values()) {
            if (mark != BreakerMark.NONE) {
                breakerCalls.add(0, component, mark.label());
            }
        }
    }

    void add(SeriesKey key, Distribution durations) {
        if (key.scope() != SeriesKey.Scope.OPERATION) {
            addHttp(key, durations);
        }
        if (!key.mcpMethod().isEmpty()) {
            addMcp(key, durations);
        }
        if (key.breaker() != BreakerMark.NONE) {
            addBreaker(key, durations);
        }
    }

    void emit(Consumer<MetricSnapshot> sink) {
        toolDurations.forEach((values, durations) -> toolCalls.add(durations.count(), values.get(0), values.get(1)));
        List.of(toolCalls, queryErrors, breakerCalls, httpRequests).forEach(family -> sink.accept(family.snapshot()));
        List.of(toolDurations, queryDurations, operations, breakerLatencies, httpDurations)
                .forEach(family -> sink.accept(family.snapshot()));
    }

    private void addHttp(SeriesKey key, Distribution durations) {
        httpRequests.add(durations.count(), key.httpMethod(), key.route(), key.status());
        if (!key.openEnded()) {
            httpDurations.add(durations, key.route(), classOf(key.status()));
        }
    }

    private void addBreaker(SeriesKey key, Distribution durations) {
        breakerCalls.add(durations.count(), key.upstream(), key.breaker().label());
        if (key.breaker() != BreakerMark.REJECTED && !key.openEnded()) {
            breakerLatencies.add(durations, key.upstream());
        }
    }

    private void addMcp(SeriesKey key, Distribution durations) {
        operations.add(durations, key.mcpMethod(), key.tool(), key.errorType());
        if (key.mcpMethod().equals(TOOLS_CALL)) {
            toolDurations.add(durations, key.tool(), key.outcome().label());
        }
        if (key.upstream().isEmpty()) {
            return;
        }
        if (!key.openEnded()) {
            queryDurations.add(durations, key.upstream());
        }
        boolean isError = key.outcome() != Outcome.SUCCESS && key.outcome() != Outcome.CANCELLED;
        if (isError && !key.errorType().isEmpty()) {
            queryErrors.add(durations.count(), key.upstream(), key.errorType());
        }
    }

    private static String classOf(String status) {
        return Character.isDigit(status.charAt(0)) ? status.charAt(0) + "xx" : status;
    }
}
