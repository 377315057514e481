package dev.outrigger.app;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** An MCP server without a mind of its own: it answers each request as the test says, and keeps what it has seen. */
final class McpUpstream implements AutoCloseable {
    /** What to do with one request. */
    @FunctionalInterface
    interface Behaviour {
        void answer(Seen request) throws IOException;
    }

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final ScriptedUpstream server;

    McpUpstream(Behaviour behaviour) throws IOException {
        this(0, behaviour);
    }

    McpUpstream(int port, Behaviour behaviour) throws IOException {
        server = new ScriptedUpstream(port, connection -> {
            WireMessage request = WireMessage.read(connection.in());
            Seen next = new Seen(connection, request, request.text());
            seen.add(next);
            behaviour.answer(next);
        });
    }

    /** Answers requests with an empty result, and everything else with 202. */
    static Behaviour plain() {
        return request -> {
            if (request.id().isEmpty() || request.method().isEmpty()) {
                request.accepted();
            } else {
                request.result("{}");
            }
        };
    }

    /** 202 for notifications and responses, {@code then} for the rest. */
    static Behaviour calls(Behaviour then) {
        return request -> {
            if (request.httpMethod().equals("POST")
                    && (request.id().isEmpty() || request.method().isEmpty())) {
                request.accepted();
            } else {
                then.answer(request);
            }
        };
    }

    /** A legacy server with sessions of a name prefix: 200 and a new one for {@code initialize}, otherwise {@code then}. */
    static Behaviour sessions(String prefix, Behaviour then) {
        return request -> {
            if (request.method().equals("initialize")) {
                request.json(
                        Rpc.result(
                                request.id(),
                                "{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}"),
                        "Mcp-Session-Id: " + prefix + "-"
                                + Rpc.idOf(request.body()).replace("\"", ""));
            } else {
                then.answer(request);
            }
        };
    }

    int port() {
        return server.port();
    }

    int connections() {
        return server.connections();
    }

    int openConnections() {
        return server.openConnections();
    }

    /** Everything seen so far. */
    List<Seen> seen() {
        return seen;
    }

    /** Requests seen so far that carry a message of this method. */
    List<Seen> seen(String method) {
        return seen.stream().filter(request -> request.method().equals(method)).toList();
    }

    /** The first message of this method, waiting for it if need be. */
    Seen first(String method) {
        Await.until(
                "the upstream has seen " + method, DEADLINE, () -> !seen(method).isEmpty());
        return seen(method).get(0);
    }

    /** The latest request, whatever it is. */
    Seen last() {
        return seen.get(seen.size() - 1);
    }

    void awaitNoConnection() {
        Await.until("no connection to the upstream is left", DEADLINE, () -> openConnections() == 0);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** One request, and the ways to answer it. */
    static final class Seen {
        private final ScriptedUpstream.Connection connection;
        private final WireMessage request;
        private final String body;

        Seen(ScriptedUpstream.Connection connection, WireMessage request, String body) {
            this.connection = connection;
            this.request = request;
            this.body = body;
        }

        String head() {
            return request.head();
        }

        String httpMethod() {
            return request.httpMethod();
        }

        String target() {
            return request.target();
        }

        /** Empty if it is not there. */
        String header(String name) {
            return request.header(name);
        }

        String body() {
            return body;
        }

        /** JSON-RPC method; empty for responses and what is not JSON-RPC. */
        String method() {
            return Rpc.methodOf(body);
        }

        String id() {
            return Rpc.idOf(body);
        }

        /** Name of the tool, or whatever is called {@code name} first. */
        String name() {
            return Rpc.memberOf(body, "name");
        }

        void result(String result) throws IOException {
            json(Rpc.result(id(), result));
        }

        void json(String message, String... headers) throws IOException {
            respond(200, "application/json", message, headers);
        }

        void respond(int status, String type, String content, String... headers) throws IOException {
            connection.write(head(status, headers) + "Content-Type: " + type + "\r\nContent-Length: "
                    + content.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + content);
        }

        void accepted() throws IOException {
            status(202);
        }

        /** An answer without a body. */
        void status(int status, String... headers) throws IOException {
            connection.write(head(status, headers) + "Content-Length: 0\r\n\r\n");
        }

        /** Begins an event stream: its head is sent. */
        Stream stream(String... headers) throws IOException {
            connection.write(
                    head(200, headers) + "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            return new Stream(connection);
        }

        /** Lets time pass, as a server at work does. */
        void work(Duration time) {
            long endNanos = System.nanoTime() + time.toNanos();
            long leftNanos;
            while ((leftNanos = endNanos - System.nanoTime()) > 0) {
                LockSupport.parkNanos(leftNanos);
            }
        }

        /** Reads on until the other side is gone. */
        void awaitClosed() throws IOException {
            connection.awaitClosed();
        }

        void close() throws IOException {
            connection.close();
        }

        ScriptedUpstream.Connection connection() {
            return connection;
        }

        private static String head(int status, String... headers) {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            return head.toString();
        }

        @Override
        public String toString() {
            return head() + body;
        }
    }

    /** An event stream in chunks. */
    static final class Stream {
        private final ScriptedUpstream.Connection connection;

        Stream(ScriptedUpstream.Connection connection) {
            this.connection = connection;
        }

        /** One event without id and type. */
        Stream event(String data) throws IOException {
            return raw("data: " + data + "\n\n");
        }

        Stream event(String id, String data) throws IOException {
            return raw("id: " + id + "\ndata: " + data + "\n\n");
        }

        /** One chunk, as it is. */
        Stream raw(String text) throws IOException {
            connection.write(
                    Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
            return this;
        }

        void end() throws IOException {
            connection.write("0\r\n\r\n");
        }

        /** Closes the connection in the midst of the stream. */
        void cut() throws IOException {
            connection.close();
        }

        void awaitClosed() throws IOException {
            connection.awaitClosed();
        }
    }
}
