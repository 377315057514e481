package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A {@link FaultyServer} in its process. */
final class FaultyReplica implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final String address;
    private final int port;
    private final Path seen;

    private FaultyReplica(Process process, String address, int port, Path seen) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.address = address;
        this.port = port;
        this.seen = seen;
    }

    /** @param directory for what it writes */
    static FaultyReplica start(Path directory, String address, int port) throws IOException {
        Path seen = Files.createTempFile(directory, "seen", ".log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx48m",
                "-Xss256k",
                "-cp",
                System.getProperty("java.class.path"),
                FaultyServer.class.getName(),
                address,
                Integer.toString(port),
                seen.toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new FaultyReplica(process, address, port, seen);
    }

    /** Waits until it listens. */
    FaultyReplica ready() throws IOException {
        assertEquals(FaultyServer.READY, answers.readLine(), "first line of the server");
        return this;
    }

    String address() {
        return address;
    }

    int port() {
        return port;
    }

    /** @param order name of a fault, or {@link FaultyServer#FINE}; afterwards it is as told */
    void tell(String order) throws IOException {
        process.getOutputStream().write((order + '\n').getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertEquals(order, answers.readLine());
    }

    /** @param name such as {@code STOP} */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        assertEquals(0, kill.waitFor());
    }

    /** SIGKILL; afterwards it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** A line per request so far, with target and request id, also after its death. */
    List<String> seen() {
        try {
            String text = Files.readString(seen);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
