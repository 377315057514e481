package dev.outrigger.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server made of plain sockets that does, per request, exactly what a test tells it to; well or badly. */
final class ScriptedUpstream implements AutoCloseable {
    /** What to do with one request on a connection. */
    @FunctionalInterface
    interface Script {
        void answer(Connection connection) throws IOException;
    }

    private static final Queue<Socket> REFUSING = new ConcurrentLinkedQueue<>();

    private final ServerSocket server;
    private final Script script;
    private final Thread accepting;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    ScriptedUpstream(Script script) throws IOException {
        this(0, script);
    }

    ScriptedUpstream(int port, Script script) throws IOException {
        this(new ServerSocket(port, 256, InetAddress.getLoopbackAddress()), script);
    }

    /** @param server bound already; one of TLS for instance */
    ScriptedUpstream(ServerSocket server, Script script) {
        this.script = script;
        this.server = server;
        accepting = new Thread(this::accept, "scripted-upstream");
        accepting.setDaemon(true);
        accepting.start();
    }

    /** A well-behaved answer of a fixed length. */
    static Script ok(String body) {
        return connection -> {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        };
    }

    /** A port that nobody listens on, nor can as long as this process lives: it is taken, by a socket that does not listen. */
    static int refusingPort() throws IOException {
        Socket taken = new Socket();
        taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        REFUSING.add(taken);
        return taken.getLocalPort();
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    /** Connections whose other side has not gone. */
    int openConnections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                int number = connections.getAndIncrement();
                open.add(socket);
                Thread serving = new Thread(() -> serve(socket, number), "scripted-connection");
                serving.setDaemon(true);
                serving.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            Connection connection = new Connection(socket, number);
            while (connection.hasRequest()) {
                requests.incrementAndGet();
                script.answer(connection);
            }
        } catch (IOException e) {
            // The other side is gone, or the script closed the connection: the script's business.
        } finally {
            open.remove(socket);
        }
    }

    /** Afterwards nothing is accepted and nothing is answered. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** One accepted connection. */
    static final class Connection {
        private final Socket socket;
        private final InputStream in;
        private final int number;

        Connection(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        }

        /** How many were connected before it; their scripts may run in any order. */
        int number() {
            return number;
        }

        private boolean hasRequest() throws IOException {
            if (socket.isClosed()) {
                return false;
            }
            in.mark(1);
            int first = in.read();
            in.reset();
            return first >= 0;
        }

        /** Head and body of a fixed length, as text. */
        String readRequest() throws IOException {
            String head = readHead();
            String lower = head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ");
            if (at >= 0) {
                int length = Integer.parseInt(
                        head.substring(at + 16, head.indexOf('\r', at)).trim());
                return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
            }
            if (lower.contains("transfer-encoding: chunked")) {
                return head + readUntil("0\r\n\r\n");
            }
            return head;
        }

        String readHead() throws IOException {
            return readUntil("\r\n\r\n");
        }

        private String readUntil(String end) throws IOException {
            StringBuilder text = new StringBuilder();
            while (text.length() < end.length() || text.lastIndexOf(end) != text.length() - end.length()) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("the other side closed inside: " + text);
                }
                text.append((char) next);
            }
            return text.toString();
        }

        InputStream in() {
            return in;
        }

        void write(String text) throws IOException {
            write(text.getBytes(StandardCharsets.UTF_8));
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        void close() throws IOException {
            socket.close();
        }

        /** Says that nothing follows; still reads. */
        void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        /** Ends the connection by a reset instead of a proper end. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Blocks until the other side is gone. */
        void awaitClosed() throws IOException {
            while (in.read() >= 0) {
                continue;
            }
        }
    }
}
