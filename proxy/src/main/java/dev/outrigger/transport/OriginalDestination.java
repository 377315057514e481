package dev.outrigger.transport;

import dev.outrigger.http.Intercepted;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.AttributeKey;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection was going before the network redirected it, as Linux tells.
 *
 * <p>With REDIRECT the socket has another address than the packets had, and the connection tracking knows both. With TPROXY
 * nothing is translated: the address of the socket is the destination.
 *
 * <p>Kept with the channel, since the socket is asked once.
 */
public final class OriginalDestination {
    // From Linux' netfilter_ipv4.h and netfilter_ipv6/ip6_tables.h; they answer with struct sockaddr_in and
    // sockaddr_in6.
    private static final RawUnixChannelOption IPV4 = new RawUnixChannelOption("SO_ORIGINAL_DST", 0, 80, 16);
    private static final RawUnixChannelOption IPV6 = new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", 41, 80, 28);
    private static final int PORT_OFFSET = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;
    private static final int SCOPE_OFFSET = 24;

    private static final AttributeKey<Intercepted> KEY = AttributeKey.valueOf(OriginalDestination.class, "destination");

    private OriginalDestination() {}

    /**
     * Asks the socket.
     *
     * @param channel accepted, of epoll or io_uring
     * @param tproxy whether connections keep their addresses
     * @return null if nothing has redirected it, as far as can be told
     */
    public static @Nullable InetSocketAddress ask(Channel channel, boolean tproxy) {
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        if (tproxy) {
            return local;
        }
        // A client of IPv4 at a socket of both families shows as IPv4, and has to be asked for as such.
        boolean isIpv4 = channel.remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress() instanceof Inet4Address;
        InetSocketAddress told;
        try {
            told = parse(channel.config().getOption(isIpv4 ? IPV4 : IPV6), isIpv4);
        } catch (ChannelException e) {
            // Connection tracking does not know it, or is not there.
            return null;
        }
        return told.equals(local) ? null : told;
    }

    /** @param told {@code struct sockaddr_in} or {@code sockaddr_in6} */
    static InetSocketAddress parse(ByteBuffer told, boolean isIpv4) {
        byte[] bytes = new byte[told.remaining()];
        told.duplicate().get(bytes);
        // Of all fields only the port and the address are in the order of the network.
        int port = (bytes[PORT_OFFSET] & 0xff) << Byte.SIZE | (bytes[PORT_OFFSET + 1] & 0xff);
        try {
            return new InetSocketAddress(isIpv4 ? ipv4(bytes) : ipv6(bytes, told), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of illegal length", e);
        }
    }

    private static InetAddress ipv4(byte[] bytes) throws UnknownHostException {
        return InetAddress.getByAddress(Arrays.copyOfRange(bytes, IPV4_OFFSET, IPV4_OFFSET + 4));
    }

    /** An address of a link means something only together with the link. */
    private static InetAddress ipv6(byte[] bytes, ByteBuffer told) throws UnknownHostException {
        byte[] address = Arrays.copyOfRange(bytes, IPV6_OFFSET, IPV6_OFFSET + 16);
        int scope = told.duplicate().order(ByteOrder.nativeOrder()).getInt(told.position() + SCOPE_OFFSET);
        return scope == 0 ? InetAddress.getByAddress(address) : Inet6Address.getByAddress(null, address, scope);
    }

    /** Remembers what was found. */
    public static void keep(Channel channel, Intercepted intercepted) {
        channel.attr(KEY).set(intercepted);
    }

    /** What was found; null for a connection that clients have made by themselves. */
    static @Nullable Intercepted of(Channel channel) {
        return channel.attr(KEY).get();
    }
}
