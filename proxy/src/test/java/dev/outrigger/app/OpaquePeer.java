package dev.outrigger.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An upstream whose connections the test holds in its own hands, one after the other. */
final class OpaquePeer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final ServerSocket server;

    OpaquePeer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next connection; fails if none comes. */
    RawClient accept() throws IOException {
        Socket accepted = server.accept();
        return new RawClient(accepted);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
