package dev.outrigger.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Entry point. Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration. */
@Command(
        name = "outrigger",
        mixinStandardHelpOptions = true,
        versionProvider = BuildInfo.Provider.class,
        description = "A low-latency sidecar proxy for MCP servers: metrics per tool, traces, breakers, timeouts,"
                + " without a change to the server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            CheckHealthCommand.class,
            InitInterceptionCommand.class,
            InjectCommand.class,
            ReplayCommand.class,
            TrainCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "1:failed", "2:wrong usage or configuration"})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        OrderlyLogManager.install();
        int exitCode = execute(arguments);
        if (exitCode != ExitCode.OK) {
            System.exit(exitCode);
        }
    }

    private static int execute(String[] arguments) {
        if (isPlainRun(arguments)) {
            return plainRun(arguments[2]);
        }
        if (arguments.length == 1 && arguments[0].equals("check-health")) {
            return CheckHealthCommand.ask(console());
        }
        return commandLine().execute(arguments);
    }

    /** {@code run -c FILE} and nothing else. */
    private static boolean isPlainRun(String[] arguments) {
        return arguments.length == 3
                && arguments[0].equals("run")
                && (arguments[1].equals("-c") || arguments[1].equals("--config"));
    }

    /**
     * The start that every pod makes, without the parser of command lines: its classes have a format that start-up caches do
     * not hold, and to load them takes about as long as everything else before readiness together.
     */
    private static int plainRun(String file) {
        PrintWriter err = console();
        try {
            return RunCommand.run(ConfigSource.of(Path.of(file)), err);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        } catch (IOException | RuntimeException e) {
            return failed(e, err);
        }
    }

    private static PrintWriter console() {
        return new PrintWriter(System.err, true, Charset.defaultCharset());
    }

    private static int failed(Exception failure, PrintWriter err) {
        err.println("outrigger: " + failure.getMessage());
        return ExitCode.FAILED;
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command.getErr()));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
