package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.demo.DemoServer;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code train}: a whole life of a sidecar on loopback, for the virtual machine to take down. It writes what it saw when the
 * process ends in order, and needs options of its own for that, which the launcher gives; without them this only takes time.
 *
 * <p>What is loaded, linked and often called here is there at once in the starts that use the archive. So it does what every
 * start does, and what the first seconds after one do: exchanges, probes, a scrape, a look at the admin port, the stop.
 */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Runs a sidecar on loopback for a few seconds, for the launcher to make the start-up cache from.")
final class TrainCommand implements Callable<Integer> {
    /** Scrapers, kubelets and people ask for these. */
    private static final String[] STATUS_PATHS = {"/ready", "/live", "/health", "/health/mcp", "/metrics"};

    private static final String[] ADMIN_PATHS = {"/config", "/upstreams", "/breakers", "/sessions"};
    /** Until even a small machine has compiled what it will compile. */
    private static final Duration EXERCISE = Duration.ofSeconds(8);

    /** Images are built on machines that are busy, or emulated: a late answer is no reason to have no cache. */
    private static final int ANSWER_MILLIS = 60_000;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("outrigger-train");
        try (DemoServer server = DemoServer.onItsOwnLoop()) {
            int port = server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            run(source(directory, port));
        } finally {
            Files.deleteIfExists(directory.resolve("access.log"));
            Files.deleteIfExists(directory.resolve("outrigger.conf"));
            Files.delete(directory);
        }
        return ExitCode.OK;
    }

    /** The server's port stands in for the collector's, too: what matters is that an export is tried. */
    private static ConfigSource source(Path directory, int port) throws IOException {
        Path file = directory.resolve("outrigger.conf");
        Files.writeString(file, String.format(Locale.ROOT, """
                    outrigger {
                      listeners.inbound.bind = "127.0.0.1:0"
                      upstreams.app.endpoints = ["127.0.0.1:%d"]
                      routes = [{ match { path-prefix = "/" }, upstream = app }]
                      telemetry.access-log.path = "%s"
                      telemetry.tracing.otlp-endpoint = "http://127.0.0.1:%d"
                      status.bind = "127.0.0.1:0"
                      admin.bind = "127.0.0.1:0"
                      lifecycle { warm-up = off, drain-timeout = 1s }
                    }
                    """, port, directory.resolve("access.log"), port));
        return ConfigSource.of(file, Map.of());
    }

    private static void run(ConfigSource source) throws IOException, InterruptedException {
        if (!(source.load() instanceof Loaded loaded)) {
            throw new IllegalStateException("the training's own configuration is refused");
        }
        JsonLogHandler log = new JsonLogHandler(OutputStream.nullOutputStream());
        log.install(loaded.config().telemetry().logLevel());
        Sidecar sidecar = ProxyAssembly.assemble(source, loaded, BuildInfo.load(), log, () -> {});
        try {
            sidecar.start();
            sidecar.exercise(EXERCISE);
            get(sidecar.listenerAddress("inbound"), "/mcp");
            for (String path : STATUS_PATHS) {
                get(sidecar.statusAddress(), path);
            }
            for (String path : ADMIN_PATHS) {
                get(sidecar.adminAddress(), path);
            }
            sidecar.reload();
        } finally {
            sidecar.stop();
            log.close();
        }
    }

    private static void get(InetSocketAddress address, String path) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }
}
