package dev.outrigger.config.readiness;

import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.config.model.TelemetryConfig;
import dev.outrigger.config.model.TracingConfig;
import java.util.List;

/** Whether a bad day would be noticed, and could be explained afterwards. */
final class TelemetryChecks {
    /** What alerts on errors, latency, breakers, endpoints, refused connections and lost telemetry are made of. */
    private static final List<String> ALERT_FAMILIES = List.of(
            "http_requests_total",
            "http_request_duration_seconds",
            "mcp_tool_execution_total",
            "mcp_query_errors_total",
            "mcp_servers_connected",
            "circuit_breaker_state",
            "upstream_endpoint_healthy",
            "upstream_pending",
            "outrigger_downstream_connections_refused_total",
            "outrigger_config_last_reload_successful",
            "outrigger_telemetry_dropped_total");

    private final TelemetryConfig telemetry;
    private final Surroundings surroundings;

    TelemetryChecks(ProxyConfig config, Surroundings surroundings) {
        this.telemetry = config.telemetry();
        this.surroundings = surroundings;
    }

    List<ReadinessItem> items() {
        return List.of(metrics(), tracing(), sampling(), accessLog(), logLevel());
    }

    private ReadinessItem metrics() {
        if (!telemetry.prometheus().enabled()) {
            return ReadinessItem.fail(
                    "metrics",
                    "metrics",
                    "exchanges are not recorded, so that no alert can fire",
                    "set telemetry.prometheus.enabled = true");
        }
        List<String> missing = ALERT_FAMILIES.stream()
                .filter(family -> !surroundings.families().contains(family))
                .toList();
        if (!missing.isEmpty()) {
            return ReadinessItem.fail(
                    "metrics",
                    "metrics",
                    "alerts need what is not there: " + String.join(", ", missing),
                    "use a complete build");
        }
        return ReadinessItem.pass(
                "metrics", "metrics", "recorded, with the " + ALERT_FAMILIES.size() + " families of usual alerts");
    }

    private boolean isExporting() {
        return telemetry.tracing().enabled()
                && !telemetry.tracing().otlpEndpoint().isEmpty();
    }

    private ReadinessItem tracing() {
        TracingConfig tracing = telemetry.tracing();
        if (isExporting()) {
            return ReadinessItem.pass("tracing", "tracing", "spans go to " + tracing.otlpEndpoint());
        }
        return ReadinessItem.warn(
                "tracing",
                "tracing",
                tracing.enabled() ? "no span is exported" : "switched off, traces of callers end here",
                tracing.enabled()
                        ? "set telemetry.tracing.otlp-endpoint"
                        : "set telemetry.tracing.enabled = true and its otlp-endpoint");
    }

    private ReadinessItem sampling() {
        double sample = telemetry.tracing().sample();
        if (!isExporting()) {
            return ReadinessItem.pass("sampling", "sampling", "nothing is exported");
        }
        if (sample >= 1) {
            return ReadinessItem.warn(
                    "sampling",
                    "sampling",
                    "every trace that begins here is exported",
                    "set telemetry.tracing.sample, such as 5%; callers that sample are followed anyway");
        }
        return ReadinessItem.pass(
                "sampling", "sampling", sample == 0 ? "callers decide alone" : "a share of the traces that begin here");
    }

    private ReadinessItem accessLog() {
        String path = telemetry.accessLog().path();
        if (!surroundings.isAccessLogWritable()) {
            return ReadinessItem.fail(
                    "access-log",
                    "access log",
                    path + " can not be written here",
                    "mount a volume there, or set telemetry.access-log.path to - for standard output");
        }
        if (path.isEmpty()) {
            return ReadinessItem.note(
                    "access-log",
                    "access log",
                    "none",
                    "metrics and traces cover it, or set telemetry.access-log.path");
        }
        return ReadinessItem.pass("access-log", "access log", path.equals("-") ? "on standard output" : path);
    }

    private ReadinessItem logLevel() {
        if (telemetry.logLevel() == LogLevel.DEBUG) {
            return ReadinessItem.warn(
                    "log-level",
                    "log level",
                    "debug writes lines for single calls",
                    "set telemetry.log-level = info; PUT /logging makes it debug for as long as it takes");
        }
        return ReadinessItem.pass("log-level", "log level", "no debug lines");
    }
}
