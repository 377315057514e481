package dev.outrigger.warmup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The socket that the stub of a server listens on, on a port of the kernel's choice. */
final class WarmUpServer implements AutoCloseable {
    private final ServerSocketChannel socket;

    private WarmUpServer(ServerSocketChannel socket) {
        this.socket = socket;
    }

    static WarmUpServer open() throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
        return new WarmUpServer(socket);
    }

    int port() {
        return socket.socket().getLocalPort();
    }

    void register(Selector selector) throws IOException {
        socket.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Takes what waits. */
    void accept(Selector selector) throws IOException {
        for (SocketChannel taken = socket.accept(); taken != null; taken = socket.accept()) {
            new ServerPeer(taken, selector);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
