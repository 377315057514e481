package dev.outrigger.interception;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of the system that speak to the kernel: {@code iptables} with its relatives, and {@code ip}. They know every
 * kernel's way to hold rules, and what they have done can be looked at and taken back by hand.
 */
final class Programs {
    /** Where they are on systems whose PATH has them for root only. */
    private static final List<Path> FOR_ROOT = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));

    private final List<Path> directories;

    /** @param directories where to look, in this order */
    Programs(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /** Those of this system. */
    static Programs onPath(String path) {
        List<Path> directories = new ArrayList<>();
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (!directory.isEmpty()) {
                directories.add(Path.of(directory));
            }
        }
        directories.addAll(FOR_ROOT);
        return new Programs(directories);
    }

    Optional<Path> find(String name) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Runs one to its end, whichever.
     *
     * @param input what it reads
     * @throws InterceptionException if there is no such program
     */
    Outcome run(String input, String name, String... arguments) throws IOException, InterruptedException {
        Path program =
                find(name).orElseThrow(() -> new InterceptionException(name + " is missing: looked in " + directories));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        // None of them prints before it has read everything, nor more complaints than a pipe holds.
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading; its complaint tells why.
            return new Outcome(process.waitFor(), "", text(process.getErrorStream()));
        }
        String out = text(process.getInputStream());
        String err = text(process.getErrorStream());
        return new Outcome(process.waitFor(), out, err);
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    /**
     * How a program has ended.
     *
     * @param exit 0 if all is well
     */
    record Outcome(int exit, String out, String err) {
        boolean isFine() {
            return exit == 0;
        }

        /** Whether it may not, which says nothing of whether it could. */
        boolean isForbidden() {
            return !isFine()
                    && (err.contains("Permission denied")
                            || err.contains("not permitted")
                            || err.contains("you must be root"));
        }

        /** What it has said on the way to its failure, in one line, and what helps against it. */
        String complaint() {
            String said = String.join(
                    "; ",
                    err.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList());
            return (said.isEmpty() ? "exit code " + exit : said) + advice();
        }

        private String advice() {
            if (err.contains("xtables.lock")) {
                return " (the legacy backend needs a writable /run, or XTABLES_LOCKFILE with the name of a file that is)";
            }
            if (isForbidden()) {
                return " (needs root with the capabilities NET_ADMIN and NET_RAW in this network namespace)";
            }
            if (err.contains("Table does not exist")
                    || err.contains("can't initialize")
                    || err.contains("not supported")) {
                return " (the kernel does not offer this; --backend nft and legacy need different modules)";
            }
            return "";
        }
    }
}
