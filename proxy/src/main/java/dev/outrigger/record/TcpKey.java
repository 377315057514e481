package dev.outrigger.record;

/**
 * The opaque connections that came by one listener and went to one upstream.
 *
 * @param upstream empty where none was found for them
 */
public record TcpKey(String listener, String upstream) {}
