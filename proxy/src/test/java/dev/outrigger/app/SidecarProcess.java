package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command line in a process of its own, for what can only be seen from outside. With the flags that
 * the launcher uses, but for the fast compiler alone: most processes live for seconds. */
final class SidecarProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern RSS = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private final Process process;
    private final Path out;

    private SidecarProcess(Process process, Path out) {
        this.process = process;
        this.out = out;
    }

    /** @param directory for the output */
    static SidecarProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), arguments);
    }

    /**
     * Starts a process with environment variables of its own.
     *
     * @param directory for the output
     */
    static SidecarProcess start(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        Path out = directory.resolve("sidecar.out");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms24m",
                "-Xmx128m",
                "-XX:MaxDirectMemorySize=64m",
                "-Xss512k",
                "-XX:ErrorFile=" + Path.of("target").toAbsolutePath() + "/hs_err_%p.log"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        return new SidecarProcess(builder.start(), out);
    }

    void awaitOutput(String text) {
        Await.until("the output has '" + text + "'", DEADLINE, () -> output().contains(text) || !process.isAlive());
        assertTrue(output().contains(text), "ended with: " + output());
    }

    String output() {
        try {
            return Files.readString(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Most memory that was ever resident, in bytes. */
    long peakResidentBytes() throws IOException {
        Matcher line = RSS.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
        assertTrue(line.find());
        return Long.parseLong(line.group(1)) * 1024;
    }

    /** Lines of the output that hold a text. */
    List<String> lines(String text) {
        return output().lines().filter(line -> line.contains(text)).toList();
    }

    /** Files, sockets and whatever else the process holds open. */
    int openFiles() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void terminate() {
        process.destroy();
    }

    /** @param name such as {@code HUP} */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        assertEquals(0, kill.waitFor());
    }

    int awaitExit() throws InterruptedException {
        assertTrue(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS), "does not end: " + output());
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
