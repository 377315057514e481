package dev.outrigger.app;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A replica of a server in a process of its own, so that it can die as real ones do: at once, with all of its connections
 * and whatever it was about to answer.
 */
final class ReplicaProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /** Long enough that there is always a call under way. */
    private static final long WORK_NANOS = Duration.ofMillis(10).toNanos();

    private final int port;
    private final Process process;

    private ReplicaProcess(int port) throws IOException {
        this.port = port;
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReplicaProcess.class.getName(),
                        Integer.toString(port))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The process itself; it ends with who started it. */
    public static void main(String[] args) throws IOException {
        ScriptedUpstream server = new ScriptedUpstream(Integer.parseInt(args[0]), ReplicaProcess::answer);
        while (System.in.read() >= 0) {
            continue;
        }
        server.close();
    }

    private static void answer(ScriptedUpstream.Connection connection) throws IOException {
        String request = connection.readRequest();
        long endNanos = System.nanoTime() + WORK_NANOS;
        long leftNanos;
        while ((leftNanos = endNanos - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNanos);
        }
        String body = Rpc.result(Rpc.idOf(request.substring(request.indexOf("\r\n\r\n"))), "{}");
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
    }

    /** It need not accept yet, see {@link #awaitReady}. */
    static ReplicaProcess start(int port) throws IOException {
        return new ReplicaProcess(port);
    }

    ReplicaProcess awaitReady() {
        Await.until("replica " + port + " accepts", DEADLINE, () -> Ports.accepts(port) || !process.isAlive());
        return this;
    }

    /** Afterwards it is gone, and so are its ends of all connections. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
