package dev.outrigger.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** Where the programs and packages are that some integration tests need, see {@link RequiresTool}. */
public final class Tools {
    private static final String NPM = "npm:";

    private Tools() {}

    /**
     * Looks a tool up.
     *
     * @param tool in the notation of {@link RequiresTool#value}
     * @return the program, or the package's directory
     */
    public static Optional<Path> find(String tool) {
        if (tool.startsWith(NPM)) {
            return Optional.of(nodeDirectory().resolve("node_modules").resolve(tool.substring(NPM.length())))
                    .filter(directory -> Files.isRegularFile(directory.resolve("package.json")));
        }
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Directory with the {@code package.json} of the tests; its {@code node_modules} exists once installed. */
    public static Path nodeDirectory() {
        return Path.of("src", "test", "node").toAbsolutePath();
    }

    /** Whether a missing tool is a failure rather than a reason to skip. */
    public static boolean areRequired() {
        return "true".equals(System.getenv("CI")) || "required".equals(System.getProperty("outrigger.tools"));
    }
}
