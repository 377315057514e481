package dev.outrigger.app;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The {@code -c FILE} of every command that reads a configuration. */
final class ConfigFile {
    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "Configuration file (HOCON).")
    private Path path = Path.of("");

    LoadResult load() {
        return new ConfigLoader().load(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
