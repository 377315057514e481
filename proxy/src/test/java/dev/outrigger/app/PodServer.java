package dev.outrigger.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * What lives in a pod and knows nothing of a proxy: a process of its own with a server for HTTP, one that speaks first, and one
 * that gives back whatever it gets. Each tells its clients where they come from.
 */
final class PodServer {
    static final int HTTP = 8080;
    /** As MySQL's. */
    static final int SPEAKS_FIRST = 3306;

    static final int ECHO = 7000;

    private PodServer() {}

    public static void main(String[] args) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(HTTP), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/", PodServer::show);
        http.createContext("/mcp", PodServer::call);
        http.createContext("/fetch", PodServer::fetch);
        http.start();
        serve(SPEAKS_FIRST, true);
        serve(ECHO, false);
        System.out.println("serving");
    }

    /** The client's address, its port, and the head of its request. */
    private static void show(HttpExchange exchange) throws IOException {
        InetSocketAddress client = exchange.getRemoteAddress();
        StringBuilder text = new StringBuilder("peer: " + peer(client) + "\nport: " + client.getPort() + "\n");
        text.append("target: ").append(exchange.getRequestURI()).append('\n');
        exchange.getRequestHeaders().forEach((name, values) -> text.append(name)
                .append(": ")
                .append(String.join(",", values))
                .append('\n'));
        answer(exchange, "text/plain", text.toString());
    }

    /** Any tool. */
    private static void call(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answer(exchange, "application/json", Rpc.result(Rpc.idOf(request), "{\"content\":[]}"));
    }

    /** What is at the URL in the query. */
    private static void fetch(HttpExchange exchange) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(exchange.getRequestURI().getQuery()).toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        int status = connection.getResponseCode();
        InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        answer(exchange, "text/plain", status + "\n" + text);
    }

    private static void answer(HttpExchange exchange, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static void serve(int port, boolean speaksFirst) throws IOException {
        ServerSocket server = new ServerSocket(port);
        Thread thread = new Thread(() -> accept(server, speaksFirst), "server-" + port);
        thread.start();
    }

    private static void accept(ServerSocket server, boolean speaksFirst) {
        while (true) {
            try {
                Socket socket = server.accept();
                new Thread(() -> converse(socket, speaksFirst), "connection").start();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void converse(Socket socket, boolean speaksFirst) {
        try (socket) {
            if (speaksFirst) {
                String greeting = "hello " + peer((InetSocketAddress) socket.getRemoteSocketAddress()) + "\n";
                socket.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
            }
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The client has gone its way.
            System.out.println(e);
        }
    }

    private static String peer(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }
}
