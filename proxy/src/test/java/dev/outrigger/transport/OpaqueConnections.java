package dev.outrigger.transport;

/** What takes opaque connections where a test has none. */
public final class OpaqueConnections {
    public static final ByteSink.Factory NONE = (client, info, serverName) -> {
        throw new IllegalStateException("an opaque connection of " + info);
    };

    private OpaqueConnections() {}
}
