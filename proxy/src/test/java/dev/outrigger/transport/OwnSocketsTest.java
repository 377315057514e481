package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnSocketsTest {
    private final EventLoops loops = EventLoops.probe(Transport.AUTO);
    private final EventLoopGroup group = loops.open(1, "own-sockets");
    private final OwnSockets own = loops.ownSockets();

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Channel listen(String host) {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(loops.serverChannel())
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(host, 0)
                .syncUninterruptibly()
                .channel();
        own.listens(server);
        return server;
    }

    private static int port(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Test
    void aWildcardListensAtAllAddressesOfThisMachineAndNoOthers() {
        Channel server = listen("0.0.0.0");
        int port = port(server);

        assertTrue(own.isListener(new InetSocketAddress("127.0.0.1", port)));
        assertTrue(own.isListener(new InetSocketAddress("127.0.0.6", port)));
        assertFalse(own.isListener(new InetSocketAddress("192.0.2.1", port)));
        assertFalse(own.isListener(new InetSocketAddress("127.0.0.1", port ^ 1)));

        server.close().syncUninterruptibly();
        assertFalse(own.isListener(new InetSocketAddress("127.0.0.1", port)));
    }

    @Test
    void anAddressListensAtItselfOnly() {
        int port = port(listen("127.0.0.1"));

        assertTrue(own.isListener(new InetSocketAddress("127.0.0.1", port)));
        assertFalse(own.isListener(new InetSocketAddress("127.0.0.6", port)));
    }

    @Test
    void aConnectionIsKnownFromWhenSomebodyWantsToKnowUntilItsEnd() {
        Channel server = listen("127.0.0.1");
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        Channel unnoticed = connect(server);
        assertFalse(own.isConnected(unnoticed.localAddress(), address));

        own.watch();
        Channel connection = connect(server);
        SocketAddress local = connection.localAddress();
        assertTrue(own.isConnected(local, address));
        assertFalse(own.isConnected(null, address));

        connection.close().syncUninterruptibly();
        assertFalse(own.isConnected(local, address));
    }

    @Test
    void anotherConnectionFromTheSamePortIsNotTakenForIt() {
        Channel server = listen("127.0.0.1");
        own.watch();
        Channel connection = connect(server);

        assertFalse(own.isConnected(connection.localAddress(), new InetSocketAddress("192.0.2.1", port(server))));
    }

    private Channel connect(Channel server) {
        Channel connection = new Bootstrap()
                .group(group)
                .channel(loops.socketChannel())
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.localAddress())
                .syncUninterruptibly()
                .channel();
        own.connected(connection);
        return connection;
    }
}
