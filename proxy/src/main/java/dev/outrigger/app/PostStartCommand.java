package dev.outrigger.app;

import dev.outrigger.time.NanoClock;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code inject post-start}: the hook of a classic sidecar that keeps the containers after it waiting until it serves. What
 * starts before its proxy has no network.
 */
@Command(
        name = "post-start",
        mixinStandardHelpOptions = true,
        description = "Hook of a classic sidecar: waits until the sidecar beside it serves.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it serves", "1:it does not, in time", "2:wrong usage"})
final class PostStartCommand implements Callable<Integer> {
    private static final int ANSWER_MILLIS = 1_000;

    @Option(
            names = "--at-most",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Patience.Seconds.class,
            description = "How long to wait, as 60s; ${DEFAULT-VALUE} by default.")
    private Duration atMost = Duration.ofSeconds(60);

    @Option(
            names = "--status",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9465/health",
            description = "What to ask; ${DEFAULT-VALUE} by default.")
    private URI status = URI.create("http://127.0.0.1:9465/health");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (new Patience(NanoClock.SYSTEM).await(this::serves, atMost)) {
            return ExitCode.OK;
        }
        spec.commandLine().getErr().println("the sidecar does not serve after " + atMost.toSeconds() + "s: " + status);
        return ExitCode.FAILED;
    }

    private boolean serves() {
        try {
            HttpURLConnection connection = (HttpURLConnection) status.toURL().openConnection();
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            boolean isFine = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            connection.disconnect();
            return isFine;
        } catch (IOException e) {
            return false;
        }
    }
}
