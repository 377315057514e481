package dev.outrigger.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Prometheus with a configuration of the test's, and the questions that are put to it. */
final class PrometheusProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final int port = Ports.free();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;

    /** @param directory for its data and its log */
    PrometheusProcess(Path directory, Path config) throws IOException {
        process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--web.enable-lifecycle")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        Await.until("Prometheus is ready", DEADLINE, () -> !process.isAlive() || isReady());
        if (!process.isAlive()) {
            throw new AssertionError(MonitoringSettings.read(directory.resolve("prometheus.log")));
        }
    }

    private boolean isReady() {
        return Ports.accepts(port) && get("/-/ready").statusCode() == 200;
    }

    /** Reads the file again. */
    void reload() {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri("/-/reload"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.body());
        }
    }

    /** The samples that a query has now. */
    List<? extends Config> query(String expression) {
        Config answer = api("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return answer.getConfigList("data.result");
    }

    /** Whether a query has a sample now that is a number. */
    boolean answers(String expression) {
        return query(expression).stream()
                .anyMatch(sample -> !sample.getStringList("value").get(1).equals("NaN"));
    }

    /** The one number that a query has now; 0 without any. */
    double number(String expression) {
        List<? extends Config> samples = query(expression);
        return samples.isEmpty()
                ? 0
                : Double.parseDouble(samples.get(0).getStringList("value").get(1));
    }

    /** What its rules say, each with its health. */
    List<? extends Config> rules() {
        return api("rules").getConfigList("data.groups").stream()
                .flatMap(group -> group.getConfigList("rules").stream())
                .toList();
    }

    private Config api(String path) {
        HttpResponse<String> answer = get("/api/v1/" + path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + answer.body());
        }
        return ConfigFactory.parseString(answer.body());
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
