package dev.outrigger.app;

import dev.outrigger.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code inject pre-stop}: the hook of a classic sidecar that keeps it working until the application has ended. All containers
 * of a pod are told to stop at once, and an application that ends its work needs its connections until then.
 *
 * <p>The application has ended when nothing listens to its ports any more, and none of their connections is left: servers that
 * are told to stop listen no more at once, and end their calls then. Where the ports are not known, nor who uses them, the whole
 * of the time is given to it. By TPROXY, connections of clients to the sidecar have the application's ports as well, and are
 * waited for likewise.
 */
@Command(
        name = "pre-stop",
        mixinStandardHelpOptions = true,
        description = "Hook of a classic sidecar: waits until nobody uses the application's ports any more.")
final class PreStopCommand implements Callable<Integer> {
    private static final UsedPorts USED = new UsedPorts(Path.of("/proc/net"));

    @Option(
            names = "--at-most",
            paramLabel = "TIME",
            defaultValue = "12s",
            converter = Patience.Seconds.class,
            description = "How long to wait, as 12s; ${DEFAULT-VALUE} by default.")
    private Duration atMost = Duration.ofSeconds(12);

    @Option(names = "--port", paramLabel = "PORT", description = "One of the application's; once for each.")
    private List<Integer> ports = List.of();

    @Override
    public Integer call() {
        new Patience(NanoClock.SYSTEM).await(this::hasEnded, atMost);
        return ExitCode.OK;
    }

    private boolean hasEnded() {
        try {
            return !ports.isEmpty() && !USED.hasAny(ports);
        } catch (IOException e) {
            return false;
        }
    }
}
