package dev.outrigger.app;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run -c FILE}: runs the sidecar until it is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the sidecar until SIGTERM or Ctrl-C.")
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "Configuration file (HOCON).")
    private Path file = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        LoadResult result = new ConfigLoader().load(file);
        if (!(result instanceof Loaded loaded)) {
            spec.commandLine().getErr().println(result);
            return ExitCode.USAGE;
        }
        ProcessLifetime lifetime = new ProcessLifetime();
        lifetime.start(loaded.config());
        lifetime.awaitStop();
        return ExitCode.OK;
    }
}
