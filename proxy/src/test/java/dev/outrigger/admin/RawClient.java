package dev.outrigger.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A client that sends exactly the bytes it is told to. Every read has a deadline of ten seconds. */
final class RawClient implements AutoCloseable {
    private static final int DEADLINE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    RawClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(DEADLINE_MILLIS);
        in = socket.getInputStream();
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    RawClient endInput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads one answer with a body as long as its Content-Length says. */
    Answer read() throws IOException {
        return read(true);
    }

    /** Reads one answer without a body. */
    Answer readHead() throws IOException {
        return read(false);
    }

    private Answer read(boolean withBody) throws IOException {
        String statusLine = line();
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        Answer head = new Answer(statusLine, headers, "");
        if (!withBody || head.status() < 200) {
            return head;
        }
        byte[] body = in.readNBytes(Integer.parseInt(head.header("content-length")));
        return new Answer(statusLine, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the server ends the connection in order, without sending another byte. */
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    /** Sends {@code text} every 20 ms, and says whether the server ends the connection nevertheless. */
    boolean isEndedWhileTrickling(String text) throws IOException {
        long startNanos = System.nanoTime();
        socket.setSoTimeout(20);
        while (System.nanoTime() - startNanos < TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS)) {
            try {
                send(text);
                return in.read() < 0;
            } catch (SocketTimeoutException e) {
                continue;
            } catch (SocketException e) {
                return true;
            }
        }
        return false;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("connection ended after: " + line.toString(StandardCharsets.UTF_8));
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    record Answer(String statusLine, List<String> headers, String body) {
        int status() {
            return Integer.parseInt(statusLine.split(" ")[1]);
        }

        /** @return empty if absent */
        String header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ':';
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }
}
