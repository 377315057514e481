package dev.outrigger.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a status port answers to one question. On a plain socket rather than an HTTP client: the JDK's brings threads and
 * some hundred classes for what is one line out and a few lines in, and a health check starts a virtual machine each time.
 *
 * @param status of HTTP
 * @param body what the port says of itself, in one line
 */
record HealthAnswer(int status, String body) {
    private static final int WELL = 200;

    /** More than any health endpoint says; a wrong port may have endless answers. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final String HEAD_END = "\r\n\r\n";
    private static final String VERSION = "HTTP/1.1 ";

    /**
     * Asks and waits.
     *
     * @param path from the root, without spaces
     * @param limit for the whole, from the connect to the end of the answer
     * @throws IOException if there is no whole answer of HTTP within the limit; the message says why
     */
    static HealthAnswer of(InetSocketAddress address, String path, Duration limit) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host " + address.getHostString());
        }
        long startNanos = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(address, leftMillis(startNanos, limit));
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            byte[] piece = new byte[4096];
            int read = 0;
            while (read >= 0 && text.size() < MOST_BYTES) {
                text.write(piece, 0, read);
                socket.setSoTimeout(leftMillis(startNanos, limit));
                read = socket.getInputStream().read(piece);
            }
            return parse(text.toString(StandardCharsets.UTF_8));
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException("nothing within " + limit.toSeconds() + " s");
        }
    }

    boolean isWell() {
        return status == WELL;
    }

    /** For people: {@code 503 {"status":"draining"}}. */
    @Override
    public String toString() {
        return body.isEmpty() ? Integer.toString(status) : status + " " + body;
    }

    private static int leftMillis(long startNanos, Duration limit) throws SocketTimeoutException {
        long leftMillis = limit.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        if (leftMillis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(leftMillis, Integer.MAX_VALUE);
    }

    private static HealthAnswer parse(String text) throws IOException {
        int headEnd = text.indexOf(HEAD_END);
        int statusEnd = VERSION.length() + 3;
        if (!text.startsWith(VERSION) || headEnd < statusEnd) {
            throw new IOException("what is there does not speak HTTP/1.1");
        }
        try {
            int status = Integer.parseInt(text.substring(VERSION.length(), statusEnd));
            return new HealthAnswer(
                    status, text.substring(headEnd + HEAD_END.length()).strip());
        } catch (NumberFormatException e) {
            throw new IOException("what is there does not speak HTTP/1.1", e);
        }
    }
}
