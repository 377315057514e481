package dev.outrigger.listener;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client's connection, with one request at a time. */
final class Asking implements AutoCloseable {
    private static final int LONGEST_READ_MILLIS = 20_000;

    private final Socket socket;
    private boolean over;

    Asking(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LONGEST_READ_MILLIS);
    }

    /** Sends a request and reads the answer's body. */
    String ask(String target) throws IOException {
        send(target);
        return read();
    }

    void send(String target) throws IOException {
        String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    void sendHalfAHead() throws IOException {
        socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
    }

    String read() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended after " + head.length() + " bytes of an answer");
            }
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        over = lower.contains("connection: close");
        String length = lower.replaceAll("(?s).*content-length: (\\d+).*", "$1");
        return new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.US_ASCII);
    }

    /** Whether the last answer said that the connection ends with it. */
    boolean isOver() {
        return over;
    }

    /** Waits for the other side to close. @return whether it did so without anything more to say */
    boolean awaitEnd() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
