package dev.outrigger.app;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A receiver of spans over OTLP/HTTP that keeps them all. */
final class SpanReceiver implements AutoCloseable {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    SpanReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(Ports.loopback(0).getAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody())
                    .getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    /** Settings of {@code telemetry.tracing} that export here. */
    String settings() {
        return "protocol = http, otlp-endpoint = \"http://127.0.0.1:"
                + server.getAddress().getPort() + "\"";
    }

    List<Span> spans() {
        return spans;
    }

    /** Headers of each export. */
    List<Map<String, List<String>>> headers() {
        return headers;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
