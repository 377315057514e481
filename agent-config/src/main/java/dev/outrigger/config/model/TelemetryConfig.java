package dev.outrigger.config.model;

/** What is observed and where it goes. {@code logLevel} is the application log's threshold. */
public record TelemetryConfig(
        TracingConfig tracing, AccessLogConfig accessLog, PrometheusConfig prometheus, LogLevel logLevel) {}
