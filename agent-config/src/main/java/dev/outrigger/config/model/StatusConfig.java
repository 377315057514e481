package dev.outrigger.config.model;

/** The status socket: health and metrics, nothing that changes state. */
public record StatusConfig(HostPort bind) {}
