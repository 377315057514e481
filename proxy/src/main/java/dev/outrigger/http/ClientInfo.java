package dev.outrigger.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whose connection a request came by. One per connection.
 *
 * @param listener name of the listener that accepted it
 * @param address the client's address as text, without port
 * @param port the client's port
 * @param scheme {@code http} or {@code https}
 */
public record ClientInfo(String listener, String address, int port, String scheme) {
    /** A client of a plain connection. */
    public static ClientInfo of(String listener, @Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress client && client.getAddress() != null
                ? new ClientInfo(listener, client.getAddress().getHostAddress(), client.getPort(), "http")
                : new ClientInfo(listener, "unknown", 0, "http");
    }
}
