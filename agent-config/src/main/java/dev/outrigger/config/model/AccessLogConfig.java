package dev.outrigger.config.model;

/**
 * One JSON line per exchange.
 *
 * @param path empty for none, {@code -} for standard output, else a file that is appended to
 */
public record AccessLogConfig(String path) {}
