package dev.outrigger.transport;

import dev.outrigger.http.ClientInfo;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * From which address a connection to an upstream is made, where that is not the system's choice. A value, as {@link Dial} is.
 *
 * @param address one of this machine, or of somebody else whose packets the network leads here
 * @param isForeign whether it may be somebody else's, which takes a privilege (CAP_NET_ADMIN or CAP_NET_RAW)
 */
public record LocalEnd(InetAddress address, boolean isForeign) {
    // From Linux' in.h. They hold for sockets of both families.
    private static final int SOL_IP = 0;
    private static final IntegerUnixChannelOption TRANSPARENT =
            new IntegerUnixChannelOption("IP_TRANSPARENT", SOL_IP, 19);
    /** The port is chosen at the connect, when the other end is known: as many connections as there are ports to each. */
    private static final IntegerUnixChannelOption LATE_PORT =
            new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", SOL_IP, 24);

    /** The client's own; null if it is not known. */
    public static @Nullable LocalEnd of(ClientInfo client) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(client.address());
        try {
            return bytes == null ? null : new LocalEnd(InetAddress.getByAddress(bytes), true);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of illegal length: " + client.address(), e);
        }
    }

    /** Whether connections may come from an address without a privilege. Asks the system, which costs. */
    public static boolean isAvailable(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** @param prepared all but connected; an own copy */
    ChannelFuture connect(Bootstrap prepared, InetSocketAddress remote) {
        prepared.option(LATE_PORT, 1);
        if (isForeign) {
            prepared.option(TRANSPARENT, 1);
        }
        return prepared.connect(remote, new InetSocketAddress(address, 0));
    }
}
