package dev.outrigger.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives a connection that is made from a client's address a port that the client itself does not use.
 *
 * <p>The client's own connections are on this machine with the same two addresses, the other way round: a packet from a port
 * that the client has a connection from belongs to that one, and a connect from there gets no answer. The system does not look
 * at them when it chooses a port, and takes them from the same range as clients do, 32768 to 60999. Ports below are no clients'
 * unless they were told so. IP_LOCAL_PORT_RANGE can not ask for them, since the system only lets it narrow its own range.
 *
 * <p>One whose port is taken tries the next: by what listens on it at all addresses, or by a connection, be it long closed.
 */
final class ForeignPort extends ChannelOutboundHandlerAdapter {
    static final int FIRST = 10_000;
    static final int LAST = 32_767;
    private static final int TRIES = 32;
    /** One after the other, so that a port rests for as long as possible. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(LAST - FIRST + 1));

    private final InetAddress address;

    ForeignPort(InetAddress address) {
        this.address = address;
    }

    @Override
    public void connect(
            ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise connected) {
        connect(ctx, remote, connected, TRIES);
    }

    private void connect(ChannelHandlerContext ctx, SocketAddress remote, ChannelPromise connected, int tries) {
        int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), LAST - FIRST + 1);
        ctx.connect(remote, new InetSocketAddress(address, port)).addListener(tried -> {
            Throwable cause = tried.cause();
            if (cause == null) {
                connected.trySuccess();
            } else if (tries > 1 && LocalEnd.isTaken(cause)) {
                connect(ctx, remote, connected, tries - 1);
            } else {
                connected.tryFailure(cause);
            }
        });
    }
}
