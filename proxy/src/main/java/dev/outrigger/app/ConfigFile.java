package dev.outrigger.app;

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

    ConfigSource source() {
        return ConfigSource.of(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
