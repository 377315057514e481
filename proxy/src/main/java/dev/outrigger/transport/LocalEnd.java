package dev.outrigger.transport;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Reason;
import dev.outrigger.failure.Replay;
import dev.outrigger.http.ClientInfo;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.NetUtil;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * From which address a connection to an upstream is made, where that is not the system's choice. A value, as {@link Dial} is.
 *
 * @param address one of this machine, or of somebody else whose packets the network leads here
 * @param link number of the one that the address holds for; 0 if it holds for all. Java's addresses do not compare it
 * @param isForeign whether it may be somebody else's, which takes a privilege (CAP_NET_ADMIN or CAP_NET_RAW)
 */
public record LocalEnd(InetAddress address, int link, boolean isForeign) {
    private static final Logger LOG = System.getLogger(LocalEnd.class.getName());
    private static final char LINK = '%';
    private static final int DECIMAL = 10;
    // From Linux' in.h. They hold for sockets of both families.
    private static final int SOL_IP = 0;
    private static final IntegerUnixChannelOption TRANSPARENT =
            new IntegerUnixChannelOption("IP_TRANSPARENT", SOL_IP, 19);
    /** The port is chosen at the connect, when the other end is known: as many connections as there are ports to each. */
    private static final IntegerUnixChannelOption LATE_PORT =
            new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", SOL_IP, 24);

    private static final String PORT_TAKEN = "already in use";
    private static final String NO_PORT = "cannot assign requested";
    /** The address is none that this process may or can use. */
    private static final List<String> NO_ADDRESS =
            List.of("permission denied", "operation not permitted", "invalid argument");

    /** @param isForeign whether it may be somebody else's */
    public LocalEnd(InetAddress address, boolean isForeign) {
        this(address, address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0, isForeign);
    }

    /**
     * The client's own.
     *
     * @param remote the other end of the connections that are to come from it
     * @return null if the address is not known, or no connection to the other end can have it
     */
    public static @Nullable LocalEnd of(ClientInfo client, InetSocketAddress remote) {
        InetAddress own = address(client.address());
        InetAddress other = remote.getAddress();
        return own == null || other == null || own.getClass() != other.getClass() ? null : new LocalEnd(own, true);
    }

    private static @Nullable InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            return null;
        }
        int link = text.indexOf(LINK) + 1;
        try {
            return link == 0
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, Integer.parseInt(text, link, text.length(), DECIMAL));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of illegal length: " + text, e);
        } catch (NumberFormatException e) {
            // Sockets' own addresses have numbers; a name of a link would have to be looked up.
            return null;
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
    ChannelFuture connect(Bootstrap prepared, ChannelHandler arrival, InetSocketAddress remote) {
        InetSocketAddress local = new InetSocketAddress(address, 0);
        if (!isForeign) {
            return prepared.option(LATE_PORT, 1).handler(arrival).connect(remote, local);
        }
        ChannelHandler withPort = new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ForeignPort(address), arrival);
            }
        };
        return prepared.option(TRANSPARENT, 1).handler(withPort).connect(remote, local);
    }

    /** Whether a connect failed because the port that was asked for is another socket's. */
    static boolean isTaken(Throwable cause) {
        return text(cause).contains(PORT_TAKEN);
    }

    /**
     * Why a connect from here failed, if that is no fault of the other end: nobody else's connections fail by it.
     *
     * @return null if it was not for this end
     */
    @Nullable
    Failure failure(Throwable cause) {
        String text = text(cause);
        if (text.contains(PORT_TAKEN) || text.contains(NO_PORT)) {
            return new Failure(Reason.POOL_FULL, Replay.UNSENT, "no local port is left", cause, 0);
        }
        if (NO_ADDRESS.stream().noneMatch(text::contains)) {
            return null;
        }
        LOG.log(Level.WARNING, "no connection can come from {0}: {1}", address.getHostAddress(), cause.getMessage());
        return new Failure(Reason.INTERNAL, Replay.UNSENT, "the local address can not be used", cause, 0);
    }

    /** The native transports tell errors apart only by the system's text. */
    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    }
}
