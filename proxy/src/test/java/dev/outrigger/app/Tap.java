package dev.outrigger.app;

import dev.outrigger.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A relay in front of a server that passes bytes, ends and resets on as they come, and keeps the bytes by connection and
 * direction. It knows nothing of HTTP, so that it cannot mend what it should show.
 */
final class Tap implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final ServerSocket server;
    private final int targetPort;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    Tap(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        start("tap", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Breaks what is still connected, as if its clients had left, and gives every connection that there was. */
    List<Connection> end() throws IOException {
        server.close();
        connections.forEach(Connection::leave);
        Await.until("the relays have ended", DEADLINE, () -> connections.stream()
                .allMatch(connection -> connection.running == 0));
        return List.copyOf(connections);
    }

    @Override
    public void close() throws IOException {
        end();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                relay(server.accept());
            } catch (IOException e) {
                return;
            }
        }
    }

    private void relay(Socket client) throws IOException {
        try {
            Connection connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), targetPort));
            connections.add(connection);
            if (server.isClosed()) {
                connection.leave();
            }
        } catch (ConnectException e) {
            client.close();
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection of a client and what was connected to the server for it. */
    static final class Connection {
        private final Socket client;
        private final Socket server;
        private final ByteArrayOutputStream fromClient = new ByteArrayOutputStream();
        private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        private volatile int running = 2;
        private boolean ended;
        private volatile boolean endedByClient;

        private Connection(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            start("tap-to-server", () -> relay(client, server, fromClient));
            start("tap-to-client", () -> relay(server, client, fromServer));
        }

        byte[] fromClient() {
            return fromClient.toByteArray();
        }

        byte[] fromServer() {
            return fromServer.toByteArray();
        }

        /** Whether the client was the first to end its direction; false while nobody has. */
        boolean endedByClient() {
            return endedByClient;
        }

        private void relay(Socket from, Socket to, ByteArrayOutputStream kept) {
            byte[] buffer = new byte[64 * 1024];
            try {
                int read;
                while ((read = from.getInputStream().read(buffer)) >= 0) {
                    kept.write(buffer, 0, read);
                    to.getOutputStream().write(buffer, 0, read);
                }
                noteEnd(from);
                to.shutdownOutput();
            } catch (IOException e) {
                noteEnd(from);
                reset(to);
                reset(from);
            } finally {
                finish();
            }
        }

        private void leave() {
            noteEnd(client);
            close();
        }

        private synchronized void noteEnd(Socket from) {
            if (!ended) {
                ended = true;
                endedByClient = from == client;
            }
        }

        private synchronized void finish() {
            running--;
            if (running == 0) {
                close();
            }
        }

        private void close() {
            try {
                client.close();
                server.close();
            } catch (IOException e) {
                // It is gone, which is all that is wanted.
            }
        }

        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // Closed already, by the relay of the other direction.
            }
        }
    }
}
