package dev.outrigger.app;

import dev.outrigger.config.model.LogLevel;
import dev.outrigger.inject.InjectorSettings;
import dev.outrigger.inject.PodInjector;
import dev.outrigger.inject.webhook.WebhookServer;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inject webhook}: serves the admission webhook until SIGTERM. */
@Command(
        name = "webhook",
        mixinStandardHelpOptions = true,
        description = "Serves the admission webhook that puts sidecars into new pods.")
final class InjectWebhookCommand implements Callable<Integer> {
    private static final Logger LOG = System.getLogger(InjectWebhookCommand.class.getName());
    private static final int HIGHEST_PORT = 65_535;
    /** In which API servers hear that this replica is leaving. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    @Mixin
    private InjectSettings options = new InjectSettings();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8443",
            description = "Where to listen, on all addresses; ${DEFAULT-VALUE} by default.")
    private int port;

    @Option(
            names = "--tls",
            paramLabel = "DIRECTORY",
            required = true,
            description = "Holds tls.crt and tls.key in PEM; read again when they change. They may come later.")
    private Path tls = Path.of(".");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > HIGHEST_PORT) {
            throw new ParameterException(
                    spec.commandLine(), "--port " + port + ", expected one from 0 to " + HIGHEST_PORT);
        }
        if (!Files.isDirectory(tls)) {
            throw new ParameterException(spec.commandLine(), "--tls " + tls + ", expected a directory");
        }
        InjectorSettings settings;
        try {
            settings = options.read();
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        JsonLogHandler log = new JsonLogHandler(new FileOutputStream(FileDescriptor.err));
        log.install(LogLevel.INFO);
        try {
            serve(settings);
        } finally {
            log.close();
        }
        return ExitCode.OK;
    }

    private void serve(InjectorSettings settings) throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(2);
        Runnable onSignal = () -> {
            stop.countDown();
            second.countDown();
        };
        Signals.handle("TERM", onSignal);
        Signals.handle("INT", onSignal);
        try (WebhookServer server = WebhookServer.start(new InetSocketAddress(port), tls, new PodInjector(settings))) {
            LOG.log(
                    Level.INFO,
                    "serving the webhook on port " + server.address().getPort());
            stop.await();
            server.leave();
            LOG.log(Level.INFO, "leaving: still serving for " + LINGER.toSeconds() + " s");
            boolean again = second.await(LINGER.toMillis(), TimeUnit.MILLISECONDS);
            LOG.log(Level.INFO, again ? "stopped at once, as told" : "stopped");
        }
    }
}
