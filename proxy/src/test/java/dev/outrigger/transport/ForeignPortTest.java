package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForeignPortTest {
    private static final InetAddress CLIENT = InetAddress.getLoopbackAddress();
    private static final InetSocketAddress REMOTE = new InetSocketAddress(CLIENT, 80);

    /** What becomes of each connect; those after it succeed. */
    private final Deque<Throwable> failures = new ArrayDeque<>();

    private final List<InetSocketAddress> tried = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new Network(), new ForeignPort(CLIENT));

    @Test
    void theConnectionHasAPortThatClientsDoNotUse() {
        assertTrue(connect().isSuccess());

        assertEquals(1, tried.size());
        assertEquals(CLIENT, tried.get(0).getAddress());
        int port = tried.get(0).getPort();
        assertTrue(port >= 10_000 && port < 32_768, "port " + port);
    }

    @Test
    void anotherPortIsTriedWhereOneIsTaken() {
        failures.add(new BindException("Address already in use"));
        failures.add(new BindException("bind(..) failed with error(-98): Address already in use"));

        assertTrue(connect().isSuccess());

        assertEquals(3, tried.size());
        assertEquals(3, new HashSet<>(tried).size());
    }

    @Test
    void whoeverFindsNoPortIsToldSo() {
        for (int i = 0; i < 1000; i++) {
            failures.add(new BindException("Address already in use"));
        }

        ChannelFuture connected = connect();

        assertTrue(connected.isDone());
        assertFalse(connected.isSuccess());
        assertTrue(LocalEnd.isTaken(connected.cause()));
        assertTrue(tried.size() < 1000, tried.size() + " were tried");
    }

    @Test
    void whatTheOtherEndSaysIsNotAskedTwice() {
        ConnectException refused = new ConnectException("Connection refused");
        failures.add(refused);

        assertSame(refused, connect().cause());

        assertEquals(1, tried.size());
    }

    private ChannelFuture connect() {
        return channel.connect(REMOTE, new InetSocketAddress(CLIENT, 0));
    }

    private final class Network extends ChannelOutboundHandlerAdapter {
        @Override
        public void connect(
                ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            assertEquals(REMOTE, remote);
            tried.add((InetSocketAddress) local);
            Throwable failure = failures.poll();
            if (failure == null) {
                promise.setSuccess();
            } else {
                promise.setFailure(failure);
            }
        }
    }
}
