package dev.outrigger.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Where this process listens, and from where it is connected to upstreams: what it must not meet again as somebody else's
 * connection. Rules that fail to leave the proxy's own connections alone would have it call itself for ever.
 *
 * <p>Connections are noted only once somebody wants to know, and when they stand; the other end may be seen sooner. A loop goes
 * round all the time, though, and one meeting ends it.
 *
 * <p>All methods may be called by any thread.
 */
public final class OwnSockets {
    private final List<InetSocketAddress> listening = new CopyOnWriteArrayList<>();
    private final Set<Ends> connected = ConcurrentHashMap.newKeySet();
    private volatile boolean isWatched;

    OwnSockets() {}

    /** A socket is bound; it counts until it is closed. */
    public void listens(Channel server) {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        listening.add(address);
        server.closeFuture().addListener(closed -> listening.remove(address));
    }

    /** From now on connections are noted. */
    public void watch() {
        isWatched = true;
    }

    /** A connection to an upstream stands; it counts until it is closed. */
    void connected(Channel connection) {
        if (isWatched && connection.localAddress() != null) {
            Ends ends = new Ends(connection.localAddress(), connection.remoteAddress());
            connected.add(ends);
            connection.closeFuture().addListener(closed -> connected.remove(ends));
        }
    }

    /**
     * Whether an accepted connection is one that this process has made. One end would not tell: the system gives a port to many
     * connections that differ in the other.
     *
     * @param peer where it comes from
     * @param destination where it was going
     */
    public boolean isConnected(@Nullable SocketAddress peer, InetSocketAddress destination) {
        return peer != null && connected.contains(new Ends(peer, destination));
    }

    /** Whether a connection to an address would come in here. The system is asked only for what has the port of a listener. */
    public boolean isListener(InetSocketAddress address) {
        for (InetSocketAddress own : listening) {
            if (own.getPort() == address.getPort()
                    && (own.getAddress().isAnyLocalAddress()
                            ? LocalEnd.isAvailable(address.getAddress())
                            : own.getAddress().equals(address.getAddress()))) {
                return true;
            }
        }
        return false;
    }

    /** A connection as its maker sees it. */
    private record Ends(SocketAddress local, SocketAddress remote) {}
}
