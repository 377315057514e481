package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of another program that has ended.
 *
 * @param output of both streams
 */
record Finished(int exitCode, String output) {
    private static final long LIMIT_SECONDS = 120;

    /** The top of the work tree; tests run in the module's directory. */
    static Path root() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** Runs a command at the top of the work tree. */
    static Finished of(String... command) throws IOException, InterruptedException {
        return of(Map.of(), command);
    }

    /** Runs a command at the top of the work tree with more environment variables. */
    static Finished of(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        // A file rather than a pipe: what the command leaves running may keep a pipe open for good.
        Path output = Files.createTempFile("outrigger-command", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(root().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " does not end: " + Files.readString(output));
            }
            return new Finished(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Fails unless the command ended with this code; gives the output. */
    String expecting(int expected) {
        assertEquals(expected, exitCode, output);
        return output;
    }
}
