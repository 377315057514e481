package dev.outrigger.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sidecar that is tried, as operators start it, and what they could ask of it. */
final class RunningSidecar implements AutoCloseable {
    private static final int START_SECONDS = 120;
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();
    private final String template;
    private final int port = Ports.free();
    private final int status = Ports.free();
    private final int admin = Ports.free();
    private final Path file;
    private final Process process;
    private boolean isOther;

    private RunningSidecar(Path launcher, String template, Path directory) throws IOException {
        this.template = template.replace("@PORT@", Integer.toString(port))
                .replace("@STATUS@", Integer.toString(status))
                .replace("@ADMIN@", Integer.toString(admin));
        this.file = directory.resolve("outrigger.conf");
        write(configuration());
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "run", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("sidecar.log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.startsWith("METRICS_"));
        this.process = builder.start();
    }

    /**
     * Afterwards it is ready.
     *
     * @param template of its configuration; the ports of the replicas are there already
     */
    static RunningSidecar start(Path launcher, String template, Path directory)
            throws IOException, InterruptedException {
        RunningSidecar sidecar = new RunningSidecar(launcher, template, directory);
        boolean inTime = Waiting.until(START_SECONDS, () -> sidecar.isReady() || !sidecar.process.isAlive());
        if (!inTime || !sidecar.process.isAlive()) {
            sidecar.close();
            throw new IOException("the sidecar did not start, see " + directory.resolve("sidecar.log"));
        }
        return sidecar;
    }

    private boolean isReady() throws InterruptedException {
        try {
            return get("/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String configuration() {
        return template.replace("@BALANCER@", isOther ? "round-robin" : "least-request")
                .replace("@POOL_IDLE@", isOther ? "3s" : "4s");
    }

    private void write(String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.conf"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Has another configuration taken up, or the first one again. */
    void reload() throws IOException, InterruptedException {
        isOther = !isOther;
        write(configuration());
        HttpResponse<String> reply = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/config/reload"))
                        .timeout(ANSWER)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (reply.statusCode() != 200) {
            throw new IOException("the reload was refused: " + reply.body());
        }
    }

    /** Has it look at a file that is none, which it must refuse; afterwards the file is as it was. */
    void hangUpWithBrokenFile() throws IOException, InterruptedException {
        long hash = scrape().sum("outrigger_config_hash");
        long refused = scrape().sum("outrigger_config_reloads_total", "result=\"failure\"");
        write("outrigger { listeners.inbound { bind = ");
        Signals.send(process, "HUP");
        boolean isRefused = Waiting.until(10, () -> {
            try {
                return scrape().sum("outrigger_config_reloads_total", "result=\"failure\"") > refused;
            } catch (IOException e) {
                return false;
            }
        });
        write(configuration());
        if (!isRefused || scrape().sum("outrigger_config_hash") != hash) {
            throw new IOException("a broken file was not refused");
        }
    }

    Scrape scrape() throws IOException, InterruptedException {
        HttpResponse<String> reply = get("/metrics");
        if (reply.statusCode() != 200) {
            throw new IOException("no metrics: " + reply.statusCode());
        }
        return new Scrape(reply.body());
    }

    Sample sample(long atSeconds) throws IOException, InterruptedException {
        return Sample.of(atSeconds, process.pid(), scrape());
    }

    /** The options of its virtual machine, without what belongs to this machine. */
    String options() {
        return Stream.of(process.info().arguments().orElse(new String[0]))
                .filter(option -> option.startsWith("-X") && !option.contains("/"))
                .collect(Collectors.joining(" "));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + status + path))
                        .timeout(ANSWER)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
