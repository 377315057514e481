package dev.outrigger.inject.certs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An API server that has a few objects, and refuses to write one that has changed since it was read. */
final class FakeCluster implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final Map<String, ObjectNode> objects = new HashMap<>();
    private final List<String> requests = new ArrayList<>();

    FakeCluster() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized void put(String path, String json) throws IOException {
        ObjectNode object = (ObjectNode) JSON.readTree(json.replace('\'', '"'));
        object.withObjectProperty("metadata").put("resourceVersion", "1");
        objects.put(path, object);
    }

    synchronized JsonNode object(String path) {
        return objects.get(path);
    }

    /** Method and path of each, in their order, and the token after it if there was one. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(exchange.getRequestMethod() + ' ' + path + (token == null ? "" : ' ' + token));
        byte[] body = exchange.getRequestBody().readAllBytes();
        ObjectNode object = objects.get(path);
        if (object == null) {
            reply(exchange, 404, "{\"kind\":\"Status\",\"message\":\"not found\"}");
        } else if (exchange.getRequestMethod().equals("GET")) {
            reply(exchange, 200, object.toString());
        } else {
            ObjectNode next = (ObjectNode) JSON.readTree(body);
            String version = object.path("metadata").path("resourceVersion").asText();
            if (!next.path("metadata").path("resourceVersion").asText().equals(version)) {
                reply(exchange, 409, "{\"kind\":\"Status\",\"message\":\"the object has been modified\"}");
                return;
            }
            next.withObjectProperty("metadata").put("resourceVersion", version + '1');
            objects.put(path, next);
            reply(exchange, 200, next.toString());
        }
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
