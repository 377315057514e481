package dev.outrigger.record;

/** The streams of one kind at one upstream. */
public record StreamKey(String upstream, StreamKind kind) {}
