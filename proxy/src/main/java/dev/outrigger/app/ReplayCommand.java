package dev.outrigger.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replay FILE}: makes the calls of a dead-letter file again, in their order, one at a time. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Sends the calls of a dead-letter file again, one after the other, and says of each how it went.",
            "Move the file away first: the sidecar then begins a new one, and keeps there what fails once more. Calls that"
                    + " may have been made are left out, because some tools must not be called twice."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all calls that were made have a result",
            "1:one has not, or a line is no call",
            "2:wrong usage"
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The dead-letter file.")
    private Path file = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:15006",
            description = "The sidecar, or a server; ${DEFAULT-VALUE} by default.")
    private URI to = URI.create("");

    @Option(
            names = "--maybe-done",
            description = "Also calls that may have been made: whose answer was lost, or too late.")
    private boolean maybeDone;

    @Option(names = "--dry-run", description = "Says what would be sent, and sends nothing.")
    private boolean dryRun;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header for each request, to authenticate for one: none is kept in the file.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long one call may take; ${DEFAULT-VALUE} by default.")
    private int timeoutSeconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isReadable(file)) {
            spec.commandLine().getErr().println(file + ": can not be read");
            return ExitCode.USAGE;
        }
        List<String> lines = Files.readAllLines(file);
        try (Replayer replayer = new Replayer(to, headers, Duration.ofSeconds(timeoutSeconds))) {
            int failed = 0;
            for (int i = 0; i < lines.size(); i++) {
                failed += lines.get(i).isBlank() || replay(i + 1, lines.get(i), replayer) ? 0 : 1;
            }
            return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** @return whether there is nothing to complain of */
    private boolean replay(int number, String line, Replayer replayer) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        KeptCall call;
        try {
            call = KeptCall.parse(line);
        } catch (IllegalArgumentException e) {
            out.println(file + ":" + number + ": " + e.getMessage());
            return false;
        }
        String place = file + ":" + number + ": " + call.tool() + ": ";
        if (call.maybeDone() && !maybeDone) {
            out.println(place + "left out, it may have been made (--maybe-done makes it again)");
            return true;
        }
        if (dryRun) {
            out.println(place + "to be sent to " + to.getAuthority() + call.target());
            return true;
        }
        String wrong = replayer.replay(call);
        out.println(place + (wrong.isEmpty() ? "done" : "failed, " + wrong));
        return wrong.isEmpty();
    }
}
