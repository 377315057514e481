package dev.outrigger.http;

import dev.outrigger.failure.Code;
import dev.outrigger.failure.Reason;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Whose connection a request came by. One per connection.
 *
 * @param listener name of the listener that accepted it
 * @param address the client's address as text, without port; of the client itself where a trusted proxy told it
 * @param port the client's port
 * @param localAddress the address that the client connected to, as text, without port
 * @param localPort its port
 * @param tls what the handshake came to; null without TLS
 * @param http2 whether it is a connection of HTTP/2; requests of others say themselves which version they are of
 * @param intercepted where the connection was going before it was redirected; null if the client has chosen the listener
 *     itself
 */
public record ClientInfo(
        String listener,
        String address,
        int port,
        String localAddress,
        int localPort,
        @Nullable TlsSession tls,
        boolean http2,
        @Nullable Intercepted intercepted) {
    private static final String UNKNOWN = "unknown";

    /**
     * A client of a plain connection.
     *
     * @param remote the client's address
     * @param local the address that it connected to
     */
    public static ClientInfo of(
            String listener, @Nullable SocketAddress remote, @Nullable SocketAddress local, boolean http2) {
        return new ClientInfo(listener, address(remote), port(remote), address(local), port(local), null, http2, null);
    }

    /** The same client on a connection of TLS. */
    public ClientInfo secured(@Nullable TlsSession session) {
        return new ClientInfo(listener, address, port, localAddress, localPort, session, http2, intercepted);
    }

    /** The same client on a connection that was redirected. */
    public ClientInfo as(@Nullable Intercepted redirected) {
        return new ClientInfo(listener, address, port, localAddress, localPort, tls, http2, redirected);
    }

    /** Whether the client is the application itself, which has asked somebody else and not the proxy. */
    public boolean isOutbound() {
        return intercepted != null && intercepted.isOutbound();
    }

    /**
     * Whether a connection is of no use any more to a client one of whose requests has failed. Without a proxy it would have
     * ended with what it was going to, and the client would look for another.
     */
    public boolean isLostBy(Reason reason) {
        return intercepted != null
                && (reason == Reason.DRAINING
                        || (reason.code() == Code.UPSTREAM_UNAVAILABLE && reason.blamesUpstream()));
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return tls == null ? "http" : "https";
    }

    /** Who the client is by its certificate, found valid; null if it showed none. */
    public @Nullable PeerCertificate certificate() {
        return tls == null ? null : tls.certificate();
    }

    private static String address(@Nullable SocketAddress socket) {
        return socket instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : UNKNOWN;
    }

    private static int port(@Nullable SocketAddress socket) {
        return socket instanceof InetSocketAddress inet && inet.getAddress() != null ? inet.getPort() : 0;
    }
}
