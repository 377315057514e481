package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code run -c FILE}: runs the sidecar until it is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the sidecar until SIGTERM or Ctrl-C.")
final class RunCommand implements Callable<Integer> {
    @Mixin
    private ConfigFile file = new ConfigFile();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run(file.source(), spec.commandLine().getErr());
    }

    /** What the command does, apart from reading the command line. Returns at once if the configuration is refused. */
    static int run(ConfigSource source, PrintWriter err) throws IOException, InterruptedException {
        LoadResult result = source.load();
        if (!(result instanceof Loaded loaded)) {
            err.println(result);
            return ExitCode.USAGE;
        }
        ProcessLifetime lifetime = new ProcessLifetime();
        lifetime.start(source, loaded);
        lifetime.awaitStop();
        return ExitCode.OK;
    }
}
