package dev.outrigger.soak;

import java.io.IOException;
import java.nio.file.Path;

/** A replica's place: a port, and the process that has it at the moment, see {@link ReplicaServer}. */
final class Replica implements AutoCloseable {
    private final int port;
    private final Path log;
    private int starts;
    private Process process;

    private Replica(int port, Path directory) throws IOException {
        this.port = port;
        this.log = directory.resolve("replica-" + port + ".log");
        this.process = launch();
    }

    /** @param directory for what it prints */
    static Replica start(int port, Path directory) throws IOException, InterruptedException {
        Replica replica = new Replica(port, directory);
        replica.awaitReady();
        return replica;
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx96m",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplicaServer.class.getName(),
                        Integer.toString(port),
                        port + "-" + starts++)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        if (!Waiting.until(60, () -> Ports.accepts(port) || !process.isAlive()) || !process.isAlive()) {
            throw new IOException("a replica did not come up, see " + log);
        }
    }

    /** Whether it takes connections. */
    boolean isUp() {
        return process.isAlive() && Ports.accepts(port);
    }

    int port() {
        return port;
    }

    /** Afterwards it is gone, and so are its connections. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Begins to come back; it remembers nothing. */
    void restart() throws IOException {
        process = launch();
    }

    /** @param name such as {@code STOP} */
    void signal(String name) throws IOException, InterruptedException {
        Signals.send(process, name);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
