package dev.outrigger.app;

import dev.outrigger.app.ScriptedUpstream.Connection;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server in a process of its own, so that it can be killed and stopped, and that answers wrongly when it is told to. A
 * target that ends with {@code /sse} is answered by an event stream, a GET by one of some events, everything else in JSON.
 *
 * <p>It speaks with whoever started it by lines: {@code ready} once it listens; then for each line with the name of a
 * {@link Fault}, or {@code FINE}, the same line when it behaves so. What it has read goes to a file before it is answered, so
 * that it is known of a process that was killed, too. It ends with its standard input.
 */
final class FaultyServer {
    /** Events of the answer to a GET. */
    static final int EVENTS = 8;
    /** Result of every call. Long enough to break off inside it. */
    static final String RESULT =
            "{\"content\":[{\"type\":\"text\",\"text\":\"" + "0123456789".repeat(30) + "\"}],\"isError\":false}";

    static final String FINE = "FINE";
    static final String READY = "ready";

    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(40);
    private static final Duration BETWEEN_BYTES = Duration.ofMillis(50);
    private static final int BACKLOG = 256;
    private static final int WRONG_BY = 100;
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final OutputStream seen;
    private final AtomicInteger wrongLengths = new AtomicInteger();
    private volatile @Nullable Fault fault;

    private FaultyServer(OutputStream seen) {
        this.seen = seen;
    }

    /** @param arguments address, port, file for what it has read */
    public static void main(String[] arguments) throws IOException {
        ServerSocket socket =
                new ServerSocket(Integer.parseInt(arguments[1]), BACKLOG, InetAddress.getByName(arguments[0]));
        FaultyServer server = new FaultyServer(new FileOutputStream(arguments[2], true));
        ScriptedUpstream serving = new ScriptedUpstream(socket, server::answer);
        System.out.println(READY);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String order;
        while ((order = orders.readLine()) != null) {
            server.fault = order.equals(FINE) ? null : Fault.valueOf(order);
            System.out.println(order);
        }
        serving.close();
    }

    private void answer(Connection connection) throws IOException {
        WireMessage request = WireMessage.read(connection.in());
        String body = request.text();
        String id = Rpc.idOf(body);
        if (request.httpMethod().equals("GET")) {
            note(request.target() + ' ' + request.header("x-request-id") + '\n');
            stream(connection);
            return;
        }
        if (id.isEmpty()) {
            // The sidecar says so of calls that it has given up.
            connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        note(request.target() + ' ' + id + '\n');
        if (request.target().endsWith("/sse")) {
            events(connection, Rpc.result(id, RESULT), 1, Duration.ZERO);
        } else {
            json(connection, Rpc.result(id, RESULT));
        }
    }

    private synchronized void note(String line) throws IOException {
        seen.write(line.getBytes(StandardCharsets.UTF_8));
    }

    private void json(Connection connection, String body) throws IOException {
        Fault now = fault;
        String good = json(body, body.length());
        if (now == null) {
            connection.write(good);
            return;
        }
        boolean isShort = wrongLengths.getAndIncrement() % 2 == 0;
        spoil(connection, now, good, json(body, body.length() + (isShort ? WRONG_BY : -WRONG_BY)));
    }

    private static String json(String body, int length) {
        return OK + "Content-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + body;
    }

    private void stream(Connection connection) throws IOException {
        events(connection, Rpc.notification("notifications/message", RESULT), EVENTS, BETWEEN_EVENTS);
    }

    private void events(Connection connection, String message, int count, Duration between) throws IOException {
        if (fault != Fault.GARBAGE) {
            connection.write(OK + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        }
        String event = "data: " + message + "\n\n";
        for (int i = 0; i < count; i++) {
            Fault now = fault;
            if (now != null) {
                boolean isShort = wrongLengths.getAndIncrement() % 2 == 0;
                String wrong = chunk(event, event.length() + (isShort ? WRONG_BY : -WRONG_BY));
                spoil(connection, now, chunk(event, event.length()), wrong);
                return;
            }
            connection.write(chunk(event, event.length()));
            pause(between);
        }
        connection.write("0\r\n\r\n");
    }

    private static String chunk(String content, int length) {
        return Integer.toHexString(length) + "\r\n" + content + "\r\n";
    }

    private static void spoil(Connection connection, Fault fault, String good, String wrong) throws IOException {
        String half = good.substring(0, good.length() * 2 / 3);
        switch (fault) {
            case RESET -> {
                connection.write(half);
                connection.reset();
            }
            case HALF_CLOSE -> {
                connection.write(half);
                connection.shutdownOutput();
                connection.awaitClosed();
            }
            case DRIP -> {
                connection.write(half);
                for (int i = half.length(); i < good.length(); i++) {
                    pause(BETWEEN_BYTES);
                    connection.write(good.substring(i, i + 1));
                }
                connection.awaitClosed();
            }
            case GARBAGE -> {
                connection.write("\u0016\u0003\u0001\u0002 this is no HTTP\r\n\r\n");
                connection.awaitClosed();
            }
            case WRONG_LENGTH -> {
                connection.write(wrong);
                connection.awaitClosed();
            }
            case KILL, FREEZE, DNS_CHANGE -> throw new IllegalStateException("not for the server itself: " + fault);
        }
    }

    private static void pause(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        long leftNanos;
        while ((leftNanos = endNanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNanos);
        }
    }
}
