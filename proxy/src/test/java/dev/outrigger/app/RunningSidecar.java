package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.telemetry.JsonLogHandler;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;

/** A whole sidecar in this process, on free ports, with the questions that tests ask of it. */
final class RunningSidecar implements AutoCloseable {
    /** Many tests send more than a listener takes by default, and loops of a busy machine may be late. */
    private static final String DEFAULTS = """
            outrigger.lifecycle.warm-up = false
            outrigger.defaults.listener.http.max-request-body = 0B
            outrigger.defaults.upstream.pool.connect-timeout = 10s
            outrigger.overload.max-loop-stall = 0s
            """;

    private final Sidecar sidecar;
    private final JsonLogHandler log;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningSidecar(Sidecar sidecar, JsonLogHandler log) {
        this.sidecar = sidecar;
        this.log = log;
    }

    /** One upstream {@code app} at a port, one route {@code /} to it, and what the test adds. */
    static RunningSidecar before(int upstreamPort, String... more) throws Exception {
        return beforeWithRoute(upstreamPort, "", more);
    }

    /** @param route settings of the route, such as {@code timeout = 400ms} */
    static RunningSidecar beforeWithRoute(int upstreamPort, String route, String... more) throws Exception {
        return beforeEndpoints(List.of(upstreamPort), route, more);
    }

    /** One upstream {@code app} with several endpoints. */
    static RunningSidecar beforeEndpoints(List<Integer> ports, String route, String... more) throws Exception {
        String endpoints =
                ports.stream().map(port -> "\"127.0.0.1:" + port + "\"").collect(Collectors.joining(", "));
        return start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams.app.endpoints = [%s]
                  upstreams.app.health-check.type = none
                  routes = [{ name = all, match { path-prefix = "/" }, upstream = app, %s }]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                  runtime.workers = 2
                """.formatted(endpoints, route) + String.join("\n", more) + "\n}");
    }

    static RunningSidecar start(String hocon) throws Exception {
        ConfigSource source = ConfigSource.of("test", DEFAULTS + hocon);
        return start(source, load(source), new JsonLogHandler(OutputStream.nullOutputStream()));
    }

    static Loaded load(ConfigSource source) {
        LoadResult result = source.load();
        if (result instanceof Loaded loaded) {
            return loaded;
        }
        throw new IllegalArgumentException(result.toString());
    }

    /** @param log closed with the sidecar */
    static RunningSidecar start(ConfigSource source, Loaded loaded, JsonLogHandler log) throws IOException {
        Sidecar sidecar = ProxyAssembly.assemble(source, loaded, BuildInfo.load(), log, () -> {});
        sidecar.start();
        return new RunningSidecar(sidecar, log);
    }

    InetSocketAddress inbound() {
        return sidecar.listenerAddress("inbound");
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + inbound().getPort() + path);
    }

    Sidecar sidecar() {
        return sidecar;
    }

    HttpResponse<String> status(String path) throws IOException, InterruptedException {
        return get(sidecar.statusAddress(), path);
    }

    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return get(sidecar.adminAddress(), path);
    }

    HttpResponse<String> adminPost(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(sidecar.adminAddress(), path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> adminDelete(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(uri(sidecar.adminAddress(), path))
                        .DELETE()
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(InetSocketAddress address, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(address, path)).build(), BodyHandlers.ofString());
    }

    private static URI uri(InetSocketAddress address, String path) {
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    /** The sum of a metric's samples, see {@link Scrape#sum}. */
    double metric(String name, String... labels) throws IOException, InterruptedException {
        String text = Scrape.whole(() -> {
            HttpResponse<String> scrape = status("/metrics");
            assertEquals(200, scrape.statusCode());
            return scrape.body();
        });
        return Scrape.sum(text, name, labels);
    }

    /** Waits until {@link #metric} is {@code expected}. */
    void awaitMetric(double expected, String name, String... labels) {
        awaitMetric(" is " + expected, value -> value == expected, name, labels);
    }

    /** Waits until {@link #metric} is {@code least} or more. */
    void awaitAtLeast(double least, String name, String... labels) {
        awaitMetric(" is at least " + least, value -> value >= least, name, labels);
    }

    private void awaitMetric(String expectation, DoublePredicate expected, String name, String... labels) {
        Await.until(name + List.of(labels) + expectation, Duration.ofSeconds(30), () -> {
            try {
                return expected.test(metric(name, labels));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void close() {
        sidecar.stop();
        log.close();
    }
}
