package dev.outrigger.http;

import dev.outrigger.config.model.InterceptionConfig;
import java.net.InetSocketAddress;

/**
 * What there is to know of a connection that was redirected. It holds for as long as the connection lasts: a configuration that
 * has another listener by then, or none, does not change where its client was going.
 *
 * @param destination where the connection was going
 * @param by how the listener that it has come to takes such connections
 */
public record Intercepted(InetSocketAddress destination, InterceptionConfig by) {
    /** Whether it is one of the application's to somebody else. */
    public boolean isOutbound() {
        return by.isOutbound();
    }

    /** Whether it is opaque because of where it was going. */
    public boolean isOpaque() {
        return by.opaquePorts().contains(destination.getPort());
    }
}
