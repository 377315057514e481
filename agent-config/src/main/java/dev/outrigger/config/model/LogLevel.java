package dev.outrigger.config.model;

/** Threshold of the application log, from few lines to many. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG
}
