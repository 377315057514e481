package dev.outrigger.app;

import java.io.PrintWriter;
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
        subcommands = {DemoCommand.class, RunCommand.class, CheckCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "1:failed", "2:wrong usage or configuration"})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        OrderlyLogManager.install();
        int exitCode = commandLine().execute(arguments);
        if (exitCode != ExitCode.OK) {
            System.exit(exitCode);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    err.println("outrigger: " + failure.getMessage());
                    return ExitCode.FAILED;
                });
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
