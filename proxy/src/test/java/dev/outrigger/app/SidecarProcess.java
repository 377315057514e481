package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line in a process of its own, with the flags that the launcher uses, for what can only be seen from outside. */
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
        Path out = directory.resolve("sidecar.out");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms24m", "-Xmx128m", "-XX:MaxDirectMemorySize=64m", "-Xss512k"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        return new SidecarProcess(process, out);
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

    void terminate() {
        process.destroy();
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
