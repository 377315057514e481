package dev.outrigger.config.load;

import dev.outrigger.config.model.AccessLogConfig;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.PrometheusConfig;
import dev.outrigger.config.model.TelemetryConfig;
import dev.outrigger.config.model.TracingConfig;

/** The keys of telemetry. */
final class TelemetrySection {
    private TelemetrySection() {}

    static TelemetryConfig read(ConfigReader reader) {
        TelemetryConfig telemetry = new TelemetryConfig(
                tracing(reader.section("tracing")),
                accessLog(reader.section("access-log")),
                prometheus(reader.section("prometheus")),
                reader.read("log-level", Kinds.choice(LogLevel.class)));
        reader.finish();
        return telemetry;
    }

    private static TracingConfig tracing(ConfigReader reader) {
        TracingConfig tracing = new TracingConfig(
                reader.read("enabled", Kinds.SWITCH),
                reader.read("otlp-endpoint", Kinds.URL_OR_EMPTY),
                reader.read("protocol", Kinds.choice(TracingConfig.Protocol.class)),
                reader.read("sample", Kinds.SHARE),
                SecretKeys.read(reader, "headers", "OTEL_EXPORTER_OTLP_HEADERS"));
        reader.finish();
        return tracing;
    }

    private static AccessLogConfig accessLog(ConfigReader reader) {
        AccessLogConfig accessLog = new AccessLogConfig(reader.read("path", Kinds.FILE_OR_EMPTY));
        reader.finish();
        return accessLog;
    }

    private static PrometheusConfig prometheus(ConfigReader reader) {
        PrometheusConfig prometheus = new PrometheusConfig(
                reader.read("enabled", Kinds.SWITCH),
                reader.read("quantile-window", Kinds.TIMEOUT),
                SecretKeys.read(reader, "token", "METRICS_TOKEN"),
                reader.read("merge", Kinds.URL_OR_EMPTY));
        reader.finish();
        return prometheus;
    }
}
