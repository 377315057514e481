package dev.outrigger.transport;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.Intercepted;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The two ends of a connection as a trusted proxy before this one told them, in place of those of the socket.
 *
 * <p>Kept with the channel: the header comes before everything else, and what reads it is gone when somebody asks.
 *
 * @param source the client
 * @param destination what the client connected to
 */
record ProxiedAddresses(InetSocketAddress source, InetSocketAddress destination) {
    private static final AttributeKey<ProxiedAddresses> KEY = AttributeKey.valueOf(ProxiedAddresses.class, "told");

    void keepWith(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** Whose connection a channel is, once its PROXY header, if it has one, was read. */
    static ClientInfo clientOf(String listener, Channel channel, boolean http2) {
        ProxiedAddresses told = channel.attr(KEY).get();
        Intercepted intercepted = OriginalDestination.of(channel);
        SocketAddress local = intercepted == null ? channel.localAddress() : intercepted.destination();
        ClientInfo client = told == null
                ? ClientInfo.of(listener, channel.remoteAddress(), local, http2)
                : ClientInfo.of(listener, told.source, told.destination, http2);
        return client.as(intercepted).secured(ServerHandshake.sessionOf(channel));
    }
}
