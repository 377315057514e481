package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code check -c FILE}: validates without starting anything. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Validates a configuration file: one line per problem, all problems at once.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigFile file = new ConfigFile();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LoadResult result = file.load();
        if (result instanceof LoadResult.Refused refused) {
            spec.commandLine().getErr().println(refused);
            return ExitCode.USAGE;
        }
        spec.commandLine().getOut().println(file + ": ok");
        return ExitCode.OK;
    }
}
